package org.mtlfarm.cuda;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import org.mtlfarm.cuda.driver.CudaDevice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class CardCheckTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return CardCheck.run(new PrintStream(said, true, StandardCharsets.UTF_8), arguments);
    }

    @Test
    void allOfItRunsOnTheEmulation() throws Exception {
        Emulation.device().close();
        int exit = run(
                "--emulated", "--precision", "strict", "--json", "--seeds", "2", "--seconds", "0.02", "--gangs", "1,2");
        JsonNode report = new ObjectMapper().readTree(said.toString(StandardCharsets.UTF_8));
        assertThat(exit).isZero();
        assertThat(report.get("right").asBoolean()).isTrue();
        JsonNode strict = report.get("strict");
        assertThat(strict.get("lossDistance").asDouble()).isLessThan(1e-4);
        assertThat(strict.get("gangDistance").asDouble()).isLessThan(1e-5);
        assertThat(strict.get("gangs")).hasSize(2);
        assertThat(strict.get("gangs").get(1).get("modelStepsPerSecond").asDouble())
                .isPositive();
        assertThat(strict.get("f1")).hasSize(2);
    }

    @Test
    void withoutACardItSaysWhatIsMissingAndExitsWithOne() {
        Optional<String> missing = CudaDevice.unavailable();
        assumeTrue(missing.isPresent(), "there is a card here");
        assertThat(run("--only", "versions")).isEqualTo(1);
    }

    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(run("--gangs")).isEqualTo(2);
        assertThat(run("--precision", "double")).isEqualTo(2);
        assertThat(run("--speed", "1")).isEqualTo(2);
        assertThat(run("--help")).isZero();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("Usage: CardCheck");
    }
}

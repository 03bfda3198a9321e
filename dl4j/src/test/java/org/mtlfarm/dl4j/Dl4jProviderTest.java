package org.mtlfarm.dl4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ServiceLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.worker.network.EngineProvider;
import org.mtlfarm.worker.network.NetworkArchive;

import static org.assertj.core.api.Assertions.assertThat;

/** The driver is a script that answers as {@code nvidia-smi} does. */
class Dl4jProviderTest {
    @TempDir
    Path folder;

    @Test
    void theEngineAndItsFilesAreFoundOnTheClassPath() {
        assertThat(ServiceLoader.load(EngineProvider.class)).anySatisfy(provider -> {
            assertThat(provider.name()).isEqualTo("dl4j");
            assertThat(provider.unavailable()).isEmpty();
        });
        assertThat(ServiceLoader.load(NetworkArchive.class)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"Tesla K80,3.7", "NVIDIA A100-SXM4-80GB,8.0", "'NVIDIA RTX 6000, Ada Generation',8.9"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the driver is a shell script")
    void cardsUpToAdaCanBeUsed(String name, String capability) throws IOException {
        assertThat(onCards("echo '" + name + ", " + capability + "'").unavailable())
                .isEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the driver is a shell script")
    void aNewerCardIsToldOfWithTheEngineThatRunsOnIt() throws IOException {
        assertThat(onCards("echo 'NVIDIA A10, 8.6'; echo 'NVIDIA H100 80GB HBM3, 9.0'")
                        .unavailable())
                .contains("ND4J's CUDA has no code for NVIDIA H100 80GB HBM3, of compute capability 9.0:"
                        + " cards newer than 8.9 need --engine cuda");
        assertThat(onCards("echo 'NVIDIA B200, 10.0'").unavailable())
                .hasValueSatisfying(why -> assertThat(why).contains("compute capability 10.0"));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the driver is a shell script")
    void onlyTheCardsThatThisProcessMaySeeAreAskedFor() throws IOException {
        String asked = "case \"$*\" in *--id=1*) echo 'NVIDIA A10, 8.6' ;; *) echo 'NVIDIA H100, 9.0' ;; esac";
        assertThat(new Dl4jProvider(true, new NvidiaCards(script(asked), "1")).unavailable())
                .isEmpty();
        assertThat(new Dl4jProvider(true, new NvidiaCards(script(asked), "0")).unavailable())
                .isPresent();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the driver is a shell script")
    void withoutADriverOrACardItSaysSoInOneLine() throws IOException {
        assertThat(new Dl4jProvider(true, new NvidiaCards(folder.resolve("none").toString(), null)).unavailable())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("no NVIDIA driver").hasLineCount(1));
        assertThat(onCards("").unavailable())
                .hasValueSatisfying(why -> assertThat(why).contains("finds no NVIDIA card"));
        assertThat(onCards(
                                "echo \"NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\"; exit 9")
                        .unavailable())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("couldn't communicate").hasLineCount(1));
        assertThat(onCards("echo 'NVIDIA Card, [N/A]'").unavailable())
                .hasValueSatisfying(why -> assertThat(why).contains("found 'NVIDIA Card, [N/A]'"));
    }

    private Dl4jProvider onCards(String script) throws IOException {
        return new Dl4jProvider(true, new NvidiaCards(script(script), null));
    }

    private String script(String body) throws IOException {
        Path file = Files.createTempFile(
                folder,
                "nvidia-smi",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(file, "#!/bin/sh\n" + body + "\n").toString();
    }
}

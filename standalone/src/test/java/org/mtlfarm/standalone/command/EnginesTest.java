package org.mtlfarm.standalone.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EnginesTest {
    private final List<String> notes = new ArrayList<>();

    @Test
    void autoTakesTheCardThatIsThereAndSaysWhich() {
        Engines engines = engines(new Provider("fused", null, null), new Provider("cuda", null, null));
        try (Engines.Opened opened = engines.open(EngineChoice.AUTO, notes::add)) {
            assertThat(opened.engine().name()).isEqualTo("cuda");
            assertThat(new Slots(0).of(opened)).isEqualTo(128);
            assertThat(new Slots(7).of(opened)).isEqualTo(7);
        }
        assertThat(notes).containsExactly("engine cuda: version of cuda");
    }

    @Test
    void autoFallsBackToFusedWithOneWarningThatSaysWhy() {
        assertThat(chosen(new Provider("fused", null, null))).isEqualTo("fused");
        assertThat(chosen(new Provider("fused", null, null), new Provider("cuda", "no driver", null)))
                .isEqualTo("fused");
        assertThat(chosen(new Provider("fused", null, null), new Provider("cuda", null, "its memory\nis full")))
                .isEqualTo("fused");
        assertThat(notes)
                .containsExactly(
                        "farm: warning: engine fused, on processors: no NVIDIA card was found here",
                        "farm: warning: engine fused, on processors: --engine cuda: no driver",
                        "farm: warning: engine fused, on processors: its memory is full");
    }

    @Test
    void anEngineThatIsAskedForAndCannotComputeIsAFailureInOneLine() {
        assertThatIllegalStateException()
                .isThrownBy(() -> engines(new Provider("fused", null, null), new Provider("cuda", "no driver", null))
                        .open(EngineChoice.CUDA, notes::add))
                .withMessage("--engine cuda: no driver");
        assertThatIllegalStateException()
                .isThrownBy(() -> engines(new Provider("fused", null, null)).open(EngineChoice.CUDA, notes::add))
                .withMessageContaining("cuda is not on this class path, only fused");
        assertThat(notes).isEmpty();
    }

    @Test
    void theEnginesOfThisClassPathAreFusedAndDl4j() {
        for (EngineChoice choice : List.of(EngineChoice.FUSED, EngineChoice.DL4J)) {
            try (Engines.Opened opened = Engines.here().open(choice, notes::add)) {
                assertThat(opened.engine().name()).isEqualTo(choice.engineName());
                assertThat(opened.slots()).isEqualTo(Runtime.getRuntime().availableProcessors());
            }
        }
        assertThat(notes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "", "1.5"})
    void slotsAreAutoOrAtLeastOne(String text) {
        Slots.Converter converter = new Slots.Converter();
        assertThat(converter.convert("auto"))
                .isEqualTo(converter.convert("AUTO"))
                .isEqualTo(new Slots(0));
        assertThat(converter.convert("256")).isEqualTo(new Slots(256));
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("expected auto or a number of at least 1, found '" + text + "'");
    }

    private String chosen(EngineProvider... providers) {
        try (Engines.Opened opened = engines(providers).open(EngineChoice.AUTO, notes::add)) {
            return opened.engine().name();
        }
    }

    private static Engines engines(EngineProvider... providers) {
        return new Engines(List.of(providers));
    }

    /**
     * @param unavailableReason why it cannot compute here, null if it can
     * @param failure why it cannot be opened all the same, null if it can
     */
    private record Provider(String name, String unavailableReason, String failure) implements EngineProvider {
        @Override
        public Optional<String> unavailable() {
            return Optional.ofNullable(unavailableReason);
        }

        @Override
        public Engine open() {
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            return new Engine() {
                @Override
                public String name() {
                    return Provider.this.name;
                }

                @Override
                public String version() {
                    return "version of " + Provider.this.name;
                }

                @Override
                public Model open(
                        NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
                    throw new IllegalStateException("nothing is trained here");
                }
            };
        }

        @Override
        public int slots(Engine engine) {
            return 128;
        }
    }
}

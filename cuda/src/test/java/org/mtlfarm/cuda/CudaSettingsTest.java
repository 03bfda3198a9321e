package org.mtlfarm.cuda;

import java.util.Map;
import java.util.OptionalInt;
import java.util.ServiceLoader;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CudaSettingsTest {
    @Test
    void theFirstCardInStrictPrecisionWithGraphsUnlessToldOtherwise() {
        assertThat(CudaSettings.of(name -> null))
                .isEqualTo(new CudaSettings(OptionalInt.of(0), Precision.STRICT, true, 64));
        assertThat(CudaSettings.of(Map.of(
                        "FARM_CUDA_CARD",
                        "3",
                        "FARM_CUDA_PRECISION",
                        "tf32",
                        "FARM_CUDA_GRAPHS",
                        "off",
                        "FARM_CUDA_LANES",
                        "16")::get))
                .isEqualTo(new CudaSettings(OptionalInt.of(3), Precision.TF32, false, 16));
    }

    @Test
    void aWrongSettingIsToldInALine() {
        assertThatThrownBy(() -> CudaSettings.of(Map.of("FARM_CUDA_PRECISION", "FP16")::get))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("FARM_CUDA_PRECISION must be STRICT or TF32, was FP16");
        assertThatThrownBy(() -> CudaSettings.of(Map.of("FARM_CUDA_CARD", "first")::get))
                .hasMessageContaining("the number of a card");
        assertThatThrownBy(() -> CudaSettings.of(Map.of("FARM_CUDA_GRAPHS", "maybe")::get))
                .hasMessageContaining("on or off");
        assertThatThrownBy(() -> CudaSettings.of(Map.of("FARM_CUDA_LANES", "0")::get))
                .hasMessage("FARM_CUDA_LANES must be 1 to 1024, was 0");
    }

    @Test
    void theProviderIsFoundByItsName() {
        assertThat(ServiceLoader.load(EngineProvider.class).stream()
                        .map(ServiceLoader.Provider::type)
                        .map(Class::getSimpleName))
                .contains("CudaProvider");
    }

    @Test
    void theProviderOpensTheEmulationWhereThatIsAskedFor() {
        Emulation.device().close();
        CudaProvider provider = new CudaProvider(Map.of("FARM_CUDA_CARD", "emulation")::get);
        assertThat(provider.unavailable()).isEmpty();
        try (Engine engine = provider.open()) {
            assertThat(engine.name()).isEqualTo("cuda");
            assertThat(engine.version()).startsWith("kernels 1, STRICT, emulation on the host, ");
        }
    }
}

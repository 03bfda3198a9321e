package org.mtlfarm.cuda.driver;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.bytedeco.cuda.global.cublas;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.cuda.KernelSource;
import org.mtlfarm.cuda.emulation.EmulatedDevice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Where CUDA's libraries are (FARM_CUDA_LIBRARIES names their folder). No card is needed, and no driver: JavaCPP's libraries
 * bind the driver's functions when they are called, and an empty library takes its place until then.
 */
class KernelCompilerTest {
    private static final byte[] ELF = {0x7F, 'E', 'L', 'F'};

    @TempDir
    static Path folder;

    @BeforeAll
    static void load() throws Exception {
        CudaLibraries libraries = CudaLibraries.here();
        assumeTrue(libraries.hasToolkit(), "no libraries of CUDA 13 here");
        if (libraries.hasDriver()) {
            CudaLibraries.load(libraries);
        } else {
            assumeTrue(EmulatedDevice.unavailable().isEmpty(), "no driver and no C++ compiler here");
            Path empty = folder.resolve("libcuda.so.1");
            Path source = Files.writeString(folder.resolve("empty.cpp"), "");
            Process process = new ProcessBuilder(
                            "g++", "-shared", "-Wl,-soname,libcuda.so.1", "-o", empty.toString(), source.toString())
                    .inheritIO()
                    .start();
            assumeTrue(process.waitFor() == 0, "no library could be built here");
            System.load(empty.toString());
            libraries.loadToolkit();
        }
    }

    @Test
    void theLibrariesAreThoseOfCuda13() {
        assertThat(KernelCompiler.version()).startsWith("13.");
        int[] version = new int[1];
        assertThat(cublas.cublasGetProperty(0, version)).isEqualTo(cublas.CUBLAS_STATUS_SUCCESS);
        assertThat(version[0]).isEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 86, 89, 90, 100, 120})
    void theKernelsCompileToMachineCodeWithEveryKernelInIt(int architecture) {
        assumeTrue(Arrays.stream(KernelCompiler.architectures()).anyMatch(known -> known == architecture));
        byte[] code = KernelCompiler.compile(KernelSource.text(), architecture);
        assertThat(Arrays.copyOf(code, 4)).isEqualTo(ELF);
        String text = new String(code, StandardCharsets.ISO_8859_1);
        assertThat(KernelSource.kernels()).isNotEmpty().allMatch(name -> text.contains(".text." + name));
    }

    @Test
    void forACardThatIsNewerThanTheLibraryThereIsCodeThatItsDriverTranslates() {
        byte[] code = KernelCompiler.compile(KernelSource.text(), 999);
        assertThat(new String(code, StandardCharsets.US_ASCII)).contains(".entry adam");
        assertThat(code[code.length - 1]).isZero();
    }

    @Test
    void aCardThatIsTooOldIsNamed() {
        assertThatThrownBy(() -> KernelCompiler.compile(KernelSource.text(), 50))
                .hasMessageContaining("and newer, the card has 5.0");
    }

    @Test
    void whatDoesNotCompileIsToldWithTheCompilersWords() {
        assertThatThrownBy(() -> KernelCompiler.compile("__global__ void k() { nonsense; }", 90))
                .hasMessageContaining("nonsense");
    }
}

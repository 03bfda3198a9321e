package org.mtlfarm.cuda.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CudaLibrariesTest {
    @TempDir
    Path root;

    @Test
    void whatIsMissingIsToldInALineWithTheFoldersLookedAt() throws Exception {
        Path driver = Files.createDirectories(root.resolve("usr/lib/x86_64-linux-gnu"));
        Path toolkit = Files.createDirectories(root.resolve("somewhere/lib"));
        Map<String, String> environment = Map.of(CudaLibraries.FOLDERS, toolkit.toString());
        assertThat(CudaLibraries.in(environment::get, root).missing())
                .contains("no NVIDIA driver found (libcuda.so.1)");

        Files.createFile(driver.resolve("libcuda.so.1"));
        assertThat(CudaLibraries.in(environment::get, root).missing())
                .get()
                .asString()
                .startsWith("no CUDA runtime library found: expected libcudart.so.13 of CUDA 13 in " + toolkit)
                .endsWith("FARM_CUDA_LIBRARIES may name other folders")
                .doesNotContain("\n");

        // Files of pip's packages end in .13, those of NVIDIA's own packages in the full version.
        for (String name : new String[] {
            "libcudart.so.13", "libnvrtc-builtins.so.13.0", "libcublasLt.so.13", "libcublas.so.13.0.2.14"
        }) {
            Files.createFile(toolkit.resolve(name));
        }
        assertThat(CudaLibraries.in(environment::get, root).missing())
                .get()
                .asString()
                .startsWith("no NVRTC library found: expected libnvrtc.so.13");
        Files.createFile(toolkit.resolve("libnvrtc.so.13"));
        assertThat(CudaLibraries.in(environment::get, root).missing()).isEmpty();
    }

    @Test
    void foldersOfTheSystemsLinkerAreLookedAt() throws Exception {
        Path cuda = Files.createDirectories(root.resolve("opt/cuda/lib64"));
        Path configurations = Files.createDirectories(root.resolve("etc/ld.so.conf.d"));
        Files.writeString(configurations.resolve("cuda.conf"), "# CUDA\n" + cuda + "\n");
        Files.createFile(cuda.resolve("libcuda.so.1"));
        assertThat(CudaLibraries.in(name -> null, root).missing())
                .get()
                .asString()
                .contains("CUDA runtime");
    }
}

package org.mtlfarm.cuda.driver;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.cuda.KernelSource;
import org.mtlfarm.cuda.StandInTraining;
import org.mtlfarm.cuda.emulation.EmulatedDevice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The driver's part of the engine, in a process of its own, through JavaCPP's real libraries, NVRTC and CUDA's runtime, with a
 * driver and a BLAS that are stand-ins: what is passed to them arrives, in order, on threads that have entered the context.
 */
class StandInTest {
    private static final String SHIM = """
            #include <cmath>
            struct Index { unsigned x, y, z; };
            static thread_local Index threadIdx, blockIdx, blockDim, gridDim;
            #define __global__
            #define __device__ static
            """;

    @TempDir
    Path folder;

    @Test
    void theEngineTrainsAsFusedDoesThroughTheDriversCalls() throws Exception {
        CudaLibraries here = CudaLibraries.here();
        assumeTrue(here.hasToolkit(), "no libraries of CUDA 13 here");
        assumeTrue(EmulatedDevice.unavailable().isEmpty(), "no C++ compiler here");
        build();
        ProcessBuilder child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                StandInTraining.class.getName());
        String folders = System.getenv(CudaLibraries.FOLDERS);
        child.environment().put(CudaLibraries.FOLDERS, folder + (folders == null ? "" : ":" + folders));
        Process process = child.redirectErrorStream(true).start();
        String said;
        try (InputStream out = process.getInputStream()) {
            said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("stand-in, CUDA driver 13.0", "out of memory: refused", "trained as fused does");
    }

    private void build() throws Exception {
        String source;
        try (InputStream in = StandInTest.class.getResourceAsStream("stand_in.cpp")) {
            source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> names = KernelSource.kernels();
        String kernels = "typedef void (*Kernel)(Gang, int, int, int);\nstatic const Kernel kernels[] = {%s};\n"
                        .formatted(String.join(", ", names))
                + "static const char *kernelNames[] = {%s};\n"
                        .formatted(names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ")));
        compile("libcuda.so.1", SHIM + KernelSource.text() + kernels + source, List.of());
        compile("libcublasLt.so.13", "", List.of());
        compile(
                "libcublas.so.13",
                "#define BLAS\n" + source,
                List.of(folder.resolve("libcuda.so.1").toString()));
    }

    private void compile(String name, String source, List<String> needed) throws Exception {
        Path text = Files.writeString(folder.resolve(name + ".cpp"), source);
        List<String> command = new ArrayList<>(List.of(
                "g++",
                "-O2",
                "-fno-strict-aliasing",
                "-fvisibility=hidden",
                "-std=c++17",
                "-shared",
                "-fPIC",
                "-Wl,-soname," + name,
                "-o",
                folder.resolve(name).toString(),
                text.toString()));
        command.addAll(needed);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}

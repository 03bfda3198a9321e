package org.mtlfarm.cuda.emulation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.mtlfarm.cuda.DeviceException;
import org.mtlfarm.cuda.KernelSource;

/**
 * The kernels as a library of the host. {@code threadIdx} and its kin are variables that two loops count through; blocks are
 * gone through from the last to the first, so that a kernel that leaned on their order would be found out.
 */
final class HostKernels {
    private static final String SHIM = """
            #include <cmath>
            struct Index { unsigned x, y, z; };
            static thread_local Index threadIdx, blockIdx, blockDim, gridDim;
            #define __global__
            #define __device__ static
            """;

    private static final String LAUNCH = """
            typedef void (*Kernel)(Gang, int, int, int);
            static const Kernel kernels[] = {%s};
            extern "C" __attribute__((visibility("default"))) void Java_org_mtlfarm_cuda_emulation_HostKernels_launch(
                void *, void *, int kernel, int blocks, int lanes, int threads, long long gang, int a, int b, int c) {
              const Gang g = *(const Gang *)gang;
              blockDim = {(unsigned)threads, 1, 1};
              gridDim = {(unsigned)blocks, (unsigned)lanes, 1};
              for (int lane = lanes - 1; lane >= 0; lane--) {
                for (int block = blocks - 1; block >= 0; block--) {
                  blockIdx = {(unsigned)block, (unsigned)lane, 0};
                  for (int thread = 0; thread < threads; thread++) {
                    threadIdx = {(unsigned)thread, 0, 0};
                    kernels[kernel](g, a, b, c);
                  }
                }
              }
            }
            """;

    private static HostKernels loaded;

    private final List<String> names;

    private HostKernels(List<String> names) {
        this.names = names;
    }

    /** A C++ compiler of this machine: {@code CXX} if that is set, else the first of {@code g++ c++ clang++}. */
    static Optional<String> compiler() {
        String named = System.getenv("CXX");
        Stream<String> candidates =
                named != null && !named.isBlank() ? Stream.of(named) : Stream.of("g++", "c++", "clang++");
        return candidates.filter(HostKernels::runs).findFirst();
    }

    private static boolean runs(String compiler) {
        try {
            Process process = new ProcessBuilder(compiler, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Compiled and loaded once a process. */
    static synchronized HostKernels load() {
        if (loaded == null) {
            List<String> names = KernelSource.kernels();
            String source = SHIM + KernelSource.text() + LAUNCH.formatted(String.join(", ", names));
            String compiler = compiler()
                    .orElseThrow(() -> new DeviceException(
                            "the emulation of a card needs a C++ compiler, found none (g++, c++ or clang++)", false));
            System.load(compile(compiler, source).toString());
            loaded = new HostKernels(names);
        }
        return loaded;
    }

    private static Path compile(String compiler, String source) {
        try {
            Path folder = Files.createTempDirectory("farm-cuda");
            Path text = Files.writeString(folder.resolve("kernels.cpp"), source);
            Path library = folder.resolve("kernels.so");
            Process process = new ProcessBuilder(
                            compiler,
                            "-O2",
                            "-fno-strict-aliasing",
                            "-ffp-contract=off",
                            "-Wall",
                            "-Wno-unused",
                            "-std=c++14",
                            "-shared",
                            "-fPIC",
                            // The C library has functions of its own by some of the kernels' names.
                            "-fvisibility=hidden",
                            "-o",
                            library.toString(),
                            text.toString())
                    .redirectErrorStream(true)
                    .start();
            String said;
            try (InputStream out = process.getInputStream()) {
                said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (process.waitFor() != 0) {
                throw new DeviceException(
                        compiler + " does not compile the kernels: "
                                + said.lines().limit(20).collect(Collectors.joining(System.lineSeparator())),
                        false);
            }
            library.toFile().deleteOnExit();
            text.toFile().deleteOnExit();
            folder.toFile().deleteOnExit();
            return library;
        } catch (IOException e) {
            throw new DeviceException("the kernels could not be compiled: " + e.getMessage(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("interrupted while " + compiler + " was compiling", false);
        }
    }

    void launch(String kernel, int blocks, int lanes, int threads, long structure, int a, int b) {
        int index = names.indexOf(kernel);
        if (index < 0) {
            throw new DeviceException("there is no kernel " + kernel, false);
        }
        launch(index, blocks, lanes, threads, structure, a, b, 0);
    }

    private static native void launch(int kernel, int blocks, int lanes, int threads, long gang, int a, int b, int c);
}

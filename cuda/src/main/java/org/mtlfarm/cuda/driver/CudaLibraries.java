package org.mtlfarm.cuda.driver;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.mtlfarm.cuda.DeviceException;

/**
 * NVIDIA's libraries, by path. Only the driver's is part of a driver; the others come with CUDA 13, wherever that lies: in
 * the folders that {@code FARM_CUDA_LIBRARIES} names, then where the system's linker looks, then in the usual places. They
 * are loaded before JavaCPP's libraries, which name them without a path and then find them loaded.
 */
final class CudaLibraries {
    static final String FOLDERS = "FARM_CUDA_LIBRARIES";

    private static final String DRIVER = "libcuda.so.1";

    /** In the order in which they need each other, with what to call each of them. */
    private static final Map<String, String> TOOLKIT = toolkit();

    private static boolean loaded;

    private final List<Path> folders;

    private CudaLibraries(List<Path> folders) {
        this.folders = folders;
    }

    private static Map<String, String> toolkit() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("libcudart.so.13", "CUDA runtime");
        names.put("libnvrtc-builtins.so.13", "NVRTC built-ins");
        names.put("libnvrtc.so.13", "NVRTC");
        names.put("libcublasLt.so.13", "cuBLAS Lt");
        names.put("libcublas.so.13", "cuBLAS");
        return names;
    }

    /** Those of this machine. */
    static CudaLibraries here() {
        return in(System::getenv, Path.of("/"));
    }

    /**
     * Those of a machine.
     *
     * @param root its file system's
     */
    static CudaLibraries in(UnaryOperator<String> environment, Path root) {
        Set<Path> folders = new LinkedHashSet<>();
        for (String variable : List.of(FOLDERS, "LD_LIBRARY_PATH")) {
            String value = environment.apply(variable);
            if (value != null) {
                Stream.of(value.split(File.pathSeparator))
                        .filter(folder -> !folder.isBlank())
                        .forEach(folder -> folders.add(Path.of(folder)));
            }
        }
        folders.addAll(linkersFolders(root.resolve("etc/ld.so.conf.d")));
        for (String usual : List.of(
                "usr/lib/x86_64-linux-gnu",
                "usr/lib64",
                "usr/local/cuda/lib64",
                "usr/local/cuda-13/lib64",
                "usr/local/cuda-13.0/lib64",
                "usr/local/cuda-13.1/lib64",
                "usr/local/nvidia/lib64",
                "usr/lib/wsl/lib")) {
            folders.add(root.resolve(usual));
        }
        return new CudaLibraries(folders.stream().filter(Files::isDirectory).toList());
    }

    private static List<Path> linkersFolders(Path configurations) {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(configurations, "*.conf")) {
            for (Path file : files) {
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> line.startsWith("/"))
                        .forEach(line -> folders.add(Path.of(line)));
            }
        } catch (IOException e) {
            return folders;
        }
        return folders;
    }

    /** What is missing, in one line; empty if every library is there. */
    Optional<String> missing() {
        if (find(DRIVER).isEmpty()) {
            return Optional.of("no NVIDIA driver found (" + DRIVER + ")");
        }
        return TOOLKIT.entrySet().stream()
                .filter(library -> find(library.getKey()).isEmpty())
                .findFirst()
                .map(library -> "no %s library found: expected %s of CUDA 13 in %s; %s may name other folders"
                        .formatted(
                                library.getValue(),
                                library.getKey(),
                                folders.stream().map(Path::toString).collect(Collectors.joining(", ")),
                                FOLDERS));
    }

    /** Loads all of them, once a process. */
    static synchronized void load(CudaLibraries libraries) {
        if (loaded) {
            return;
        }
        libraries.missing().ifPresent(missing -> {
            throw new DeviceException(missing, false);
        });
        load(libraries.find(DRIVER).orElseThrow());
        libraries.loadToolkit();
        loaded = true;
    }

    /** Loads those that come with CUDA. */
    void loadToolkit() {
        TOOLKIT.keySet().forEach(name -> load(find(name).orElseThrow()));
    }

    boolean hasDriver() {
        return find(DRIVER).isPresent();
    }

    boolean hasToolkit() {
        return TOOLKIT.keySet().stream().allMatch(name -> find(name).isPresent());
    }

    private static void load(Path file) {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new DeviceException(file + " cannot be loaded: " + e.getMessage(), false);
        }
    }

    /** The first file of that name, or of that name with a longer version. */
    private Optional<Path> find(String name) {
        for (Path folder : folders) {
            Path file = folder.resolve(name);
            if (Files.isReadable(file)) {
                return Optional.of(file.toAbsolutePath());
            }
            try (DirectoryStream<Path> longer = Files.newDirectoryStream(folder, name + ".*")) {
                for (Path each : longer) {
                    return Optional.of(each.toAbsolutePath());
                }
            } catch (IOException e) {
                continue;
            }
        }
        return Optional.empty();
    }
}

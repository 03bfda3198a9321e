package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A disk of a few megabytes that can be filled and freed: a tmpfs where mounting is allowed. */
final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Null where mounting is not allowed. */
    static SmallDisk mount(Path directory, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        return run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString()) == 0
                ? new SmallDisk(directory)
                : null;
    }

    /** Until not a byte more can be written. */
    void fill() {
        try (OutputStream out = Files.newOutputStream(filler())) {
            for (byte[] block = new byte[1 << 16]; ; ) {
                out.write(block);
            }
        } catch (IOException e) {
            // It is full.
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    @Override
    public void close() {
        try {
            run("umount", "-l", directory.toString());
        } catch (IOException e) {
            throw new IllegalStateException("cannot unmount " + directory, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

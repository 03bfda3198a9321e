package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * A broker's directory, held by one broker at a time: the lock, the ports used last, and Kafka's own data below {@code
 * log}. Kafka's own lock comes after it has changed files of a running broker.
 */
final class BrokerDirectory implements AutoCloseable {
    /** Kafka fails in the middle of things on a full disk, so it is not even started on one that nearly is. */
    static final long LEAST_FREE_BYTES = 64L << 20;

    /** Beyond the file's text: where locks are mandatory, another process must still be able to read that. */
    private static final long LOCKED_BYTE = 1L << 40;

    /**
     * Directories held by this process. Its own second broker must not even open the lock file: on POSIX systems closing
     * any descriptor of a file gives up all of the process's locks on it.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Path realDirectory;
    private final FileChannel lockFile;

    private BrokerDirectory(Path directory, Path realDirectory, FileChannel lockFile) {
        this.directory = directory;
        this.realDirectory = realDirectory;
        this.lockFile = lockFile;
    }

    /** @throws BrokerFailedException if it cannot be written, is nearly full, or another broker holds it */
    static BrokerDirectory hold(Path directory, long leastFreeBytes) {
        try {
            Path real = Files.createDirectories(directory).toRealPath();
            if (!HELD_HERE.add(real)) {
                throw held(directory, Long.toString(ProcessHandle.current().pid()));
            }
            FileChannel lockFile = null;
            try {
                lockFile = FileChannel.open(real.resolve("broker.lock"), CREATE, READ, WRITE);
                if (lockFile.tryLock(LOCKED_BYTE, 1, false) == null) {
                    throw held(directory, read(lockFile));
                }
                requireSpace(directory, leastFreeBytes);
                byte[] holder = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
                lockFile.truncate(0);
                lockFile.write(ByteBuffer.wrap(holder), 0);
                return new BrokerDirectory(directory, real, lockFile);
            } catch (IOException | RuntimeException e) {
                letGo(real, lockFile);
                throw e;
            }
        } catch (IOException e) {
            // The message of a file system's exception may be a path alone.
            throw new BrokerFailedException(
                    "the broker's directory " + directory.toAbsolutePath() + " cannot be written: "
                            + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    e);
        }
    }

    Path log() {
        return directory.resolve("log");
    }

    Ports lastPorts() {
        Properties last = new Properties();
        try (InputStream in = Files.newInputStream(portsFile())) {
            last.load(in);
            return new Ports(
                    Integer.parseInt(last.getProperty("clients", "0")),
                    Integer.parseInt(last.getProperty("controller", "0")));
        } catch (IOException | IllegalArgumentException e) {
            // Only a preference: without it, or with nonsense in it, free ports are found again.
            return Ports.NONE;
        }
    }

    void remember(Ports ports) throws IOException {
        Properties last = new Properties();
        last.setProperty("clients", Integer.toString(ports.clients()));
        last.setProperty("controller", Integer.toString(ports.controller()));
        Path unfinished = directory.resolve("ports.tmp");
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            last.store(out, "the ports this broker used last");
        }
        Files.move(unfinished, portsFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() {
        letGo(realDirectory, lockFile);
    }

    /** How full its disk is, in words. */
    String space() {
        try {
            return "its disk has " + (Files.getFileStore(directory).getUsableSpace() >> 20) + " MB of free space";
        } catch (IOException e) {
            return "its disk does not answer: " + e.getMessage();
        }
    }

    @Override
    public String toString() {
        return directory.toAbsolutePath().toString();
    }

    private Path portsFile() {
        return directory.resolve("ports.properties");
    }

    private static BrokerFailedException held(Path directory, String holder) {
        return new BrokerFailedException("another broker" + (holder.isEmpty() ? "" : " (process " + holder + ")")
                + " already runs on the directory " + directory.toAbsolutePath());
    }

    private static void requireSpace(Path directory, long leastFreeBytes) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < leastFreeBytes) {
            throw new BrokerFailedException("the broker's directory " + directory.toAbsolutePath() + " has "
                    + (free >> 20) + " MB of free disk space, it needs at least " + (leastFreeBytes >> 20) + " MB");
        }
    }

    private static String read(FileChannel lockFile) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        lockFile.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static void letGo(Path real, FileChannel lockFile) {
        try {
            if (lockFile != null) {
                lockFile.close();
            }
        } catch (IOException e) {
            // The process gives the lock up at its end in any case.
        } finally {
            HELD_HERE.remove(real);
        }
    }
}

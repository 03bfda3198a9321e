package org.mtlfarm.aggregator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * A state directory, held by one aggregator at a time. Two on one directory would share a transactional id: each would
 * fence off the other for ever.
 */
final class StateDirectory implements AutoCloseable {
    /** Beyond the file's text: where locks are mandatory, another process must still be able to read that. */
    private static final long LOCKED_BYTE = 1L << 40;

    /**
     * Directories held by this process, which must not even open the lock file again: on POSIX systems closing any
     * descriptor of a file gives up all of the process's locks on it.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;
    private boolean closed;

    private StateDirectory(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** @throws AggregatorFailedException if it cannot be written or another aggregator holds it */
    static StateDirectory hold(Path directory) {
        Path absolute = directory.toAbsolutePath();
        try {
            Path real = Files.createDirectories(absolute).toRealPath();
            if (!HELD_HERE.add(real)) {
                throw held(absolute, ProcessHandle.current().pid() + "");
            }
            FileChannel lock = null;
            try {
                lock = FileChannel.open(real.resolve("aggregator.lock"), CREATE, READ, WRITE);
                if (lock.tryLock(LOCKED_BYTE, 1, false) == null) {
                    throw held(absolute, read(lock));
                }
                lock.truncate(0);
                lock.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "").getBytes(StandardCharsets.UTF_8)), 0);
                return new StateDirectory(real, lock);
            } catch (IOException | RuntimeException e) {
                letGo(real, lock);
                throw e;
            }
        } catch (IOException e) {
            throw new AggregatorFailedException(
                    "the aggregator's state directory " + absolute + " cannot be written: "
                            + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    e);
        }
    }

    Path path() {
        return directory;
    }

    /** Does nothing the second time: somebody else may hold it by then. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            letGo(directory, lock);
        }
    }

    private static AggregatorFailedException held(Path directory, String holder) {
        return new AggregatorFailedException(
                "another aggregator" + (holder.isEmpty() ? "" : " (process " + holder + ")")
                        + " already uses the state directory " + directory);
    }

    private static String read(FileChannel lock) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        lock.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static void letGo(Path real, FileChannel lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            // The process gives the lock up at its end in any case.
        } finally {
            HELD_HERE.remove(real);
        }
    }
}

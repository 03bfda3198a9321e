package org.mtlfarm.worker.training;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.RunKey;

/** A folder, shared by the workers of a farm, of the trainings that are under way: a file a run. */
public final class CheckpointFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);

    private final Path folder;
    private final Duration interval;
    private final LongSupplier nanoTime;

    /**
     * The folder, made if absent.
     *
     * @param interval of a run's training between two checkpoints
     * @throws InvalidInputException if nothing can be written there
     */
    public CheckpointFolder(Path folder, Duration interval, LongSupplier nanoTime) {
        if (interval.isNegative() || interval.isZero()) {
            throw new InvalidInputException(
                    "the time between two checkpoints must be positive, found " + interval.toMillis() + " ms");
        }
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "writable", ".tmp"));
        } catch (IOException e) {
            throw new InvalidInputException(
                    "the folder of checkpoints " + folder.toAbsolutePath() + " cannot be written: "
                            + e.getClass().getSimpleName(),
                    e);
        }
        this.folder = folder;
        this.interval = interval;
        this.nanoTime = nanoTime;
    }

    /**
     * A run's checkpoint.
     *
     * @param computedBy engine, version and processor: only the same ones go on with it, since others would come to another
     *     last bit
     */
    public Checkpoint of(RunKey run, String computedBy) {
        return new CheckpointFile(
                folder.resolve(name(run) + "checkpoint"), run + " by " + computedBy, interval, nanoTime);
    }

    /** The run needs no checkpoint any more. */
    public void forget(RunKey run) {
        // What killed workers have left half written, too.
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, name(run) + "*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("cannot delete the checkpoint of run {}: {}", run, e.toString());
        }
    }

    /** An id is a hash where a study made it; whatever else it may be, it names no other folder and no pattern. */
    private static String name(RunKey run) {
        return run.experimentId().replaceAll("[^A-Za-z0-9_-]", "_") + "-" + run.runIndex() + ".";
    }
}

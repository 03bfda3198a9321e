package org.mtlfarm.worker.training;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;

/**
 * Seeds of the three things that chance decides in a run.
 *
 * @param labels of the artificial tasks' labels
 * @param initialisation of the first parameters
 * @param shuffles of the order of windows in each epoch
 */
public record RunSeeds(long labels, long initialisation, long shuffles) {
    /**
     * Seeds of a run: each the first 8 bytes, big-endian, of SHA-256 over {@code seed/name}. Labels that are drawn once an
     * experiment have the experiment's id in place of the seed.
     */
    public static RunSeeds of(Experiment experiment, long seed) {
        boolean once = experiment.getTraining().getLabels() == LabelDraw.ONCE;
        String run = Long.toString(seed);
        return new RunSeeds(
                named(once ? experiment.getExperimentId() : run, "labels"),
                named(run, "initialisation"),
                named(run, "shuffles"));
    }

    private static long named(String seed, String name) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest((seed + "/" + name).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}

package org.mtlfarm.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which run: an experiment's id and the run's index in it. Written {@code experimentId/runIndex}, it is the key of run,
 * progress, result and dead-letter records.
 *
 * @param experimentId 32 hex digits where a study made it, but any text without {@code /} is an id
 * @param runIndex 0 to runs - 1
 */
public record RunKey(String experimentId, int runIndex) {
    private static final Pattern TEXT = Pattern.compile("([^/]+)/(0|[1-9][0-9]{0,8})");

    public RunKey {
        if (experimentId.isEmpty() || experimentId.indexOf('/') >= 0) {
            throw new IllegalArgumentException("experimentId must be text without '/', was '" + experimentId + "'");
        }
        if (runIndex < 0) {
            throw new IllegalArgumentException("runIndex must be at least 0, was " + runIndex);
        }
    }

    public static RunKey of(Run run) {
        return new RunKey(run.getExperiment().getExperimentId(), run.getRunIndex());
    }

    public static RunKey of(RunResult result) {
        return new RunKey(result.getExperiment().getExperimentId(), result.getRunIndex());
    }

    public static RunKey of(Progress progress) {
        return new RunKey(progress.getExperimentId(), progress.getRunIndex());
    }

    /** Reads {@code experimentId/runIndex}. */
    public static RunKey parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("expected experimentId/runIndex, found '" + text + "'");
        }
        return new RunKey(parts.group(1), Integer.parseInt(parts.group(2)));
    }

    /** The run's seed: the first 8 bytes, big-endian, of SHA-256 over {@code experimentId/runIndex} in UTF-8. */
    public long seed() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes());
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** The key of its records, {@code experimentId/runIndex} in UTF-8. */
    public byte[] bytes() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    /** {@code experimentId/runIndex}. */
    @Override
    public String toString() {
        return experimentId + "/" + runIndex;
    }
}

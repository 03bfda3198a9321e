package org.mtlfarm.producer.study;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.CanonicalNumber;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.TrainingSettings;

/**
 * An experiment's id: the first 128 bits, as 32 lower-case hex digits, of SHA-256 over its canonical text in UTF-8.
 *
 * <p>The canonical text has a line {@code name=value} for each of these, in this order, each ended by one line feed:
 * {@code corpusHash vectorsHash tasks tokensReal tokensSynthetic alpha sharedLayers epochs batch hidden learningRate
 * strategy readout labels scoring amiNormalisation}. Whole numbers are decimal, other numbers as {@link CanonicalNumber}
 * prints them, constants by their names. Where the tasks beside the real one
 * differ, a last line {@code others} names them in their order, with commas between: {@code alpha/tokens}, or the hash of real
 * labels in the place of alpha. A setting added later is left out of the text while it has its default, so
 * that what was measured before keeps its id.
 */
public final class ExperimentIdentity {
    private static final int ID_BYTES = 16;

    private ExperimentIdentity() {}

    /** The experiment with the id that its other fields give it. */
    public static Experiment identified(Experiment experiment) {
        return Experiment.newBuilder(experiment).setExperimentId(id(experiment)).build();
    }

    /** The id that an experiment's fields give it; the one it carries is not looked at. */
    public static String id(Experiment experiment) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(canonicalText(experiment).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, ID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** The text that is hashed. */
    public static String canonicalText(Experiment experiment) {
        TrainingSettings training = experiment.getTraining();
        StringBuilder text = new StringBuilder();
        line(text, "corpusHash", experiment.getCorpusHash());
        line(text, "vectorsHash", experiment.getVectorsHash());
        line(text, "tasks", experiment.getTasks());
        line(text, "tokensReal", experiment.getTokensReal());
        line(text, "tokensSynthetic", experiment.getTokensSynthetic());
        line(text, "alpha", CanonicalNumber.print(experiment.getAlpha()));
        line(text, "sharedLayers", experiment.getSharedLayers());
        line(text, "epochs", training.getEpochs());
        line(text, "batch", training.getBatch());
        line(text, "hidden", training.getHidden());
        line(text, "learningRate", CanonicalNumber.print(training.getLearningRate()));
        line(text, "strategy", training.getStrategy());
        line(text, "readout", training.getReadout());
        line(text, "labels", training.getLabels());
        line(text, "scoring", training.getScoring());
        line(text, "amiNormalisation", training.getAmiNormalisation());
        if (!experiment.getOthers().isEmpty()) {
            line(
                    text,
                    "others",
                    experiment.getOthers().stream()
                            .map(ExperimentIdentity::other)
                            .collect(Collectors.joining(",")));
        }
        return text.toString();
    }

    private static String other(OtherTask task) {
        return (OtherTasks.isReal(task) ? task.getLabelsHash() : CanonicalNumber.print(task.getAlpha())) + "/"
                + task.getTokens();
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append('=').append(value).append('\n');
    }
}

package org.mtlfarm.producer.study;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Sources;

/** Knows corpora and vectors; the producer itself reads neither. */
public interface CorpusCatalogue {
    /** Facts of a corpus with its vectors; throws {@link org.mtlfarm.schemas.InvalidInputException} for unusable files. */
    CorpusFacts describe(Sources sources);

    /**
     * The alpha of at least 1/labels whose artificial labels have this relatedness on the corpus's training labels.
     *
     * @param ami in [0, 1]
     * @return in [0, 1]; the planner rounds it
     */
    double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation);

    /** Real labels of a task beside the real one. */
    record LabelFacts(String hash, long tokens) {}

    /**
     * Facts of the labels of another column or text: {@code column=4}, {@code file=F,tags=3}.
     *
     * @throws org.mtlfarm.schemas.InvalidInputException if there are none
     */
    default LabelFacts describeLabels(Sources sources, String labels) {
        throw new InvalidInputException(
                "expected labels of " + labels + " beside the corpus " + sources.getCorpus() + ", found none");
    }
}

package org.mtlfarm.producer.study;

import java.util.List;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Sources;

/** A corpus of any size whose alphas are the square roots of the AMIs asked for. */
record FixedCorpus(long trainTokens) implements CorpusCatalogue {
    static final String CORPUS_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    static final String VECTORS_HASH = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

    @Override
    public CorpusFacts describe(Sources sources) {
        return new CorpusFacts(
                CORPUS_HASH,
                VECTORS_HASH,
                trainTokens,
                List.of("O", "LOC", "MISC", "ORG", "PER"),
                new long[] {trainTokens, 0, 0, 0, 0},
                50,
                List.of());
    }

    @Override
    public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
        return Math.sqrt(ami);
    }
}

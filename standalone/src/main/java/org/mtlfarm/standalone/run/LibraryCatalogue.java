package org.mtlfarm.standalone.run;

import java.util.List;

import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.simulator.AmiCurve;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.OtherLabels;

/** Tells the producer of the corpora that the worker's library reads. */
public final class LibraryCatalogue implements CorpusCatalogue {
    private final CorpusLibrary library;

    public LibraryCatalogue(CorpusLibrary library) {
        this.library = library;
    }

    @Override
    public CorpusFacts describe(Sources sources) {
        EncodedCorpus corpus = library.get(sources);
        List<String> labels = corpus.corpus().labels();
        long[] counts = new long[labels.size()];
        for (int label : corpus.train().labels()) {
            counts[label]++;
        }
        // What is doubtful in the files, the library has told already.
        return new CorpusFacts(
                corpus.corpusHash(),
                corpus.vectorsHash(),
                corpus.train().tokens(),
                labels,
                counts,
                corpus.vectors().dimension(),
                List.of());
    }

    @Override
    public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
        EncodedCorpus corpus = library.get(sources);
        int labels = corpus.corpus().labels().size();
        return AmiCurve.of(corpus.train().labels(), labels, normalisation).alphaOf(ami);
    }

    @Override
    public LabelFacts describeLabels(Sources sources, String labels) {
        OtherLabels found = library.labels(sources, labels);
        return new LabelFacts(found.hash(), found.text().tokens());
    }
}

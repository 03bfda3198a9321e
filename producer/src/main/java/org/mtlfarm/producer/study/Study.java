package org.mtlfarm.producer.study;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TrainingSettings;

/**
 * What a researcher wants to know: which experiments, on what text, trained how, and which formulas to fit to them.
 *
 * @param name letters, digits, {@code . _ -}
 * @param corpus {@code builtin} with or without settings, a folder, {@code train=F,dev=F,test=F}, or {@link #GIVEN}
 * @param vectors {@code builtin}, {@code spelling}, a file, or {@link #GIVEN}
 * @param runs runs an experiment
 * @param maxAttempts tries a run may take before it has failed
 * @param deadline wall time that a try may take; zero: as long as it takes
 * @param grids at least one
 * @param controls what stands beside each experiment; none of it is fitted
 * @param sampling how an adaptive study asks for its experiments; empty where all are wanted from the start
 * @param lines where all this stands in the study's file
 */
public record Study(
        String name,
        String corpus,
        String vectors,
        int runs,
        int maxAttempts,
        Duration deadline,
        List<Grid> grids,
        Set<Control> controls,
        Optional<AdaptiveSampling> sampling,
        TrainingSettings training,
        List<FormulaSpecification> formulas,
        StudyLines lines) {
    /** In the place of a corpus or vectors: the command line gives them, and nothing else will do. */
    public static final String GIVEN = "given";

    public Study {
        grids = List.copyOf(grids);
        controls = controls.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(controls));
        formulas = List.copyOf(formulas);
        if (deadline.isNegative() || deadline.toSeconds() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a deadline must be 0 s to 68 years, was " + deadline);
        }
        if (runs < 1 || maxAttempts < 1 || grids.isEmpty()) {
            throw new IllegalArgumentException("a study needs a run, an attempt and a grid, had " + runs + ", "
                    + maxAttempts + " and " + grids.size());
        }
    }

    /** This study on another corpus, vectors, or both; {@code null} keeps the study's own. */
    public Study withSources(String otherCorpus, String otherVectors) {
        return new Study(
                name,
                otherCorpus == null ? corpus : otherCorpus,
                otherVectors == null ? vectors : otherVectors,
                runs,
                maxAttempts,
                deadline,
                grids,
                controls,
                sampling,
                training,
                formulas,
                lines);
    }

    /** Corpus and vectors; throws {@link InvalidInputException} if the command line was to give them and has not. */
    public Sources sources() {
        StudyMistakes mistakes = new StudyMistakes(lines.file());
        if (corpus.equals(GIVEN)) {
            mistakes.add(lines.of("corpus"), "corpus", "--corpus on the command line", "none");
        }
        if (vectors.equals(GIVEN)) {
            mistakes.add(lines.of("vectors"), "vectors", "--vectors on the command line", "none");
        }
        mistakes.throwIfAny();
        return new Sources(corpus, vectors);
    }

    /** The formulas in their one spelling, as plans carry them. */
    public List<String> formulaTexts() {
        return formulas.stream().map(FormulaSpecification::toString).distinct().toList();
    }
}

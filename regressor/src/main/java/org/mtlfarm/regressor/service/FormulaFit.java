package org.mtlfarm.regressor.service;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.mtlfarm.regressor.search.FitProgress;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;

/**
 * From averages to one formula of a study. The rows are the complete averages that the specification matches, by experiment
 * id, so that the same averages give the same formula in whatever order they came. F1 is fitted as the ratio that it is.
 */
public final class FormulaFit {
    static {
        AvroCodec.trustMessages();
    }

    private FormulaFit() {}

    /** The averages that count for a formula: complete, matching, sorted by experiment id. */
    public static List<Average> rows(FormulaSpecification specification, Collection<Average> averages) {
        return averages.stream()
                .filter(Average::getComplete)
                .filter(specification::matches)
                .sorted(Comparator.comparing(
                        (Average average) -> average.getExperiment().getExperimentId()))
                .toList();
    }

    /** Whether a published formula was fitted to just the rows that these averages give. */
    public static boolean isCurrent(Formula formula, Collection<Average> averages) {
        FormulaSpecification specification = FormulaSpecification.parse(formula.getSpecification());
        List<String> fitted =
                formula.getExperiments().stream().map(Object::toString).toList();
        return fitted.equals(experiments(rows(specification, averages)));
    }

    /** The table of a formula's rows. */
    public static Table table(String study, FormulaSpecification specification, List<Average> rows) {
        double[][] columns = specification.features().stream()
                .map(column -> column(column, rows))
                .toArray(double[][]::new);
        return new Table(
                "study " + study + ", " + specification,
                specification.featureNames(),
                columns,
                specification.target().columnName(),
                column(specification.target(), rows),
                null,
                null);
    }

    /**
     * Fits one formula.
     *
     * @param averages of the study's experiments; those that are incomplete or do not match are left out
     * @param fittedAt written into the formula
     * @return empty where there are fewer than {@link Table#FEWEST_ROWS} rows
     */
    public static Optional<Formula> fit(
            String study,
            FormulaSpecification specification,
            Collection<Average> averages,
            FitSettings settings,
            Instant fittedAt,
            Consumer<FitProgress> progress) {
        List<Average> rows = rows(specification, averages);
        if (rows.size() < Table.FEWEST_ROWS) {
            return Optional.empty();
        }
        FitResult result = SymbolicRegression.fit(table(study, specification, rows), settings, progress);
        return Optional.of(Formula.newBuilder()
                .setStudy(study)
                .setSpecification(specification.toString())
                .setTarget(result.target())
                .setFeatures(List.copyOf(result.features()))
                .setCondition(specification.condition())
                .setRows(result.rows())
                .setExperiments(List.copyOf(experiments(rows)))
                .setBest(candidate(result.best()))
                .setFront(result.front().stream().map(FormulaFit::candidate).toList())
                .setSeed(result.seed())
                .setSeconds(result.seconds())
                .setFittedAt(fittedAt)
                .build());
    }

    static List<String> experiments(List<Average> rows) {
        return rows.stream()
                .map(average -> average.getExperiment().getExperimentId())
                .toList();
    }

    private static double[] column(AverageColumn column, List<Average> rows) {
        return rows.stream().mapToDouble(column::valueOf).toArray();
    }

    private static Candidate candidate(FitResult.Law law) {
        return Candidate.newBuilder()
                .setExpression(law.text())
                .setLatex(law.latex())
                .setComplexity(law.complexity())
                .setTrainMse(law.trainMse())
                .setTestMse(law.testMse())
                .setTestR2(law.testR2())
                .build();
    }
}

package org.mtlfarm.regressor.service;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.search.FitProgress;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.SearchState;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.Outcome;

/**
 * From averages to one formula of a study. The rows are the complete averages that the specification matches, by experiment
 * id, so that the same averages give the same formula in whatever order they came. F1 is fitted as the ratio that it is.
 */
public final class FormulaFit {
    static {
        AvroCodec.trustMessages();
    }

    private FormulaFit() {}

    /**
     * The averages that count for a formula: complete, matching, with a number for each of its factors (no AMI can be measured
     * of a task on another text), sorted by experiment id.
     */
    public static List<Average> rows(FormulaSpecification specification, Collection<Average> averages) {
        return averages.stream()
                .filter(Average::getComplete)
                .filter(specification::matches)
                .filter(average ->
                        specification.features().stream().allMatch(column -> Double.isFinite(column.valueOf(average))))
                .sorted(Comparator.comparing(
                        (Average average) -> average.getExperiment().getExperimentId()))
                .toList();
    }

    /**
     * An average as a plan sees it, which wants so many runs: complete when their places are filled. Results may speak of
     * another number: the study wanted more or fewer runs when they were enqueued, or another study does.
     */
    public static Average asPlanned(Average average, int runs) {
        long filled = average.getSlots().stream()
                .filter(slot -> slot.getRunIndex() < runs)
                .filter(slot -> slot.getOutcome() == Outcome.TRAINED || slot.getOutcome() == Outcome.DIVERGED)
                .count();
        long empty = average.getSlots().stream()
                .filter(slot -> slot.getRunIndex() < runs)
                .filter(slot -> slot.getOutcome() == Outcome.FAILED || slot.getOutcome() == Outcome.CANCELLED)
                .count();
        return Average.newBuilder(average)
                .setRuns(runs)
                .setFailed(Math.toIntExact(empty))
                .setComplete(filled == runs)
                .build();
    }

    /** Whether every run that is wanted has a result or has finally failed. */
    public static boolean isSettled(Average average) {
        long ended = average.getSlots().stream()
                .filter(slot -> slot.getRunIndex() < average.getRuns())
                .count();
        return ended == average.getRuns();
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
     * Fits one formula anew: what comes out depends on the averages and the settings alone.
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
        return Optional.of(formula(study, specification, rows, result, rows.size(), fittedAt));
    }

    /**
     * Brings a formula up to date with more rows: the formulas of the last search are judged and their constants fitted on
     * all rows of now, in milliseconds. The search goes on from them only where {@link LawChange} says so. What comes out
     * depends on the averages, the settings and the formula given, which is all the state there is.
     *
     * @param previous what was published last for this specification; null to fit anew
     */
    public static Optional<Formula> update(
            Formula previous,
            String study,
            FormulaSpecification specification,
            Collection<Average> averages,
            FitSettings settings,
            Instant fittedAt,
            Consumer<FitProgress> progress) {
        List<Average> rows = rows(specification, averages);
        if (previous == null || rows.size() < Table.FEWEST_ROWS) {
            return fit(study, specification, averages, settings, fittedAt, progress);
        }
        Table table = table(study, specification, rows);
        SearchState state = state(previous, table);
        FitResult refitted = SymbolicRegression.refit(table, settings, state);
        if (!LawChange.between(previous, refitted, table, newRows(previous, rows))
                .suspected()) {
            return Optional.of(Formula.newBuilder(formula(study, specification, rows, refitted, rows.size(), fittedAt))
                    .setPopulation(previous.getPopulation())
                    .setSearchedRows(previous.getSearchedRows())
                    .build());
        }
        FitResult result = SymbolicRegression.fit(table, settings.withStart(state), progress);
        return Optional.of(formula(study, specification, rows, result, rows.size(), fittedAt));
    }

    /** What a published formula holds for the next search. */
    private static SearchState state(Formula formula, Table table) {
        List<Expression> formulas = Stream.concat(
                        formula.getFront().stream().map(candidate -> candidate.getExpression()),
                        formula.getPopulation().stream())
                .map(text -> ExpressionParser.parse(text.toString(), table.features()))
                .distinct()
                .toList();
        return new SearchState(table.target(), table.features(), formula.getSearchedRows(), List.of(formulas));
    }

    /** Indexes of the rows that the formula has not been fitted to. */
    private static int[] newRows(Formula previous, List<Average> rows) {
        Set<String> known =
                previous.getExperiments().stream().map(Object::toString).collect(Collectors.toSet());
        return IntStream.range(0, rows.size())
                .filter(r -> !known.contains(rows.get(r).getExperiment().getExperimentId()))
                .toArray();
    }

    private static Formula formula(
            String study,
            FormulaSpecification specification,
            List<Average> rows,
            FitResult result,
            int searchedRows,
            Instant fittedAt) {
        return Formula.newBuilder()
                .setStudy(study)
                .setSpecification(specification.toString())
                .setTarget(result.target())
                .setFeatures(List.copyOf(result.features()))
                .setCondition(specification.condition())
                .setRows(result.rows())
                .setExperiments(List.copyOf(experiments(rows)))
                .setBest(candidate(result.best()))
                .setFront(result.front().stream().map(FormulaFit::candidate).toList())
                .setPopulation(runnersUp(result))
                .setSearchedRows(searchedRows)
                .setSeed(result.seed())
                .setSeconds(result.seconds())
                .setFittedAt(fittedAt)
                .build();
    }

    /** The first of each complexity of each island that the front does not hold: islands hold the best first. */
    private static List<String> runnersUp(FitResult result) {
        Set<String> front = result.front().stream().map(FitResult.Law::text).collect(Collectors.toSet());
        Set<String> texts = new LinkedHashSet<>();
        for (List<Expression> island : result.state().islands()) {
            int complexity = 0;
            for (Expression member : island) {
                if (member.complexity() > complexity) {
                    complexity = member.complexity();
                    texts.add(member.print(result.features()));
                }
            }
        }
        texts.removeAll(front);
        return List.copyOf(texts);
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

package org.mtlfarm.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.producer.farm.FarmState;
import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.producer.farm.RunStanding;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulasJson;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Samplings;

/**
 * What there is to say of a study at a moment: JSON texts by name. {@code studies}, {@code status}, {@code columns}; {@code
 * experiment/ID}, {@code run/ID/INDEX} for those in training, {@code failure/ID/INDEX} for the latest, {@code formula/ID}. Equal
 * moments give equal texts. Bounded by the study's grid.
 */
final class StudyPicture {
    /** Runs in training that are told of one by one; the status counts all. */
    static final int MOST_RUNS = 240;

    static final int MOST_FAILURES = 200;

    /** What an experiment's array holds, in its order. F1 and AMI are null while nothing has been averaged. */
    static final List<String> COLUMNS = List.of(
            "tasks",
            "tokens",
            "tokens_synthetic",
            "alpha",
            "shared_layers",
            "strategy",
            "readout",
            "ami",
            "planned",
            "done",
            "running",
            "failed",
            "runs",
            "f1_mean",
            "f1_std",
            "f1_min",
            "f1_max",
            "f1_dev_mean",
            "diverged",
            "complete",
            "control",
            "ami_least",
            "ami_most",
            "tokens_total");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, String> texts = new LinkedHashMap<>();
    private final FarmState state;
    private final Instant now;
    private final LossCurves curves;
    private final List<Running> running = new ArrayList<>();
    private final List<Failed> failures = new ArrayList<>();

    private record Running(RunKey key, Progress progress) {}

    private record Failed(RunKey key, FarmState.Failure failure, Optional<Instant> at) {}

    private StudyPicture(FarmState state, Instant now, LossCurves curves) {
        this.state = state;
        this.now = now;
        this.curves = curves;
    }

    /** @param averages by experiment id */
    static Map<String, String> of(
            FarmState state,
            String study,
            Instant now,
            Map<String, Average> averages,
            LossCurves curves,
            FormulaBook formulas) {
        StudyPicture picture = new StudyPicture(state, now, curves);
        picture.put("studies", studies(state));
        picture.put("status", status(state, study, now));
        ArrayNode columns = JSON.arrayNode();
        COLUMNS.forEach(columns::add);
        picture.put("columns", columns);
        for (Plan plan : state.wanted(Optional.of(study))) {
            String id = plan.getExperiment().getExperimentId();
            picture.put("experiment/" + id, picture.experiment(plan, averages.get(id)));
        }
        picture.putRuns();
        picture.putFailures();
        formulas.of(study).forEach(entry -> picture.put("formula/" + entry.id(), formula(entry)));
        return picture.texts;
    }

    private void put(String name, com.fasterxml.jackson.databind.JsonNode value) {
        texts.put(name, value.toString());
    }

    private static ArrayNode studies(FarmState state) {
        ArrayNode list = JSON.arrayNode();
        for (String study : state.studies()) {
            long wanted = state.plans().stream()
                    .filter(plan -> plan.getStudy().equals(study) && !plan.getCancelled())
                    .count();
            long held = state.plans().stream()
                    .filter(plan -> plan.getStudy().equals(study) && Samplings.isHeld(plan))
                    .count();
            list.addObject()
                    .put("name", study)
                    .put("experiments", wanted)
                    .put("held", held)
                    .put("paused", state.isPaused(study));
        }
        return list;
    }

    private static ObjectNode status(FarmState state, String study, Instant now) {
        FarmStatus status = FarmStatus.of(state, Optional.of(study), now);
        ObjectNode json = JSON.objectNode();
        json.put("study", study);
        json.put("planned", status.planned());
        json.put("complete", status.complete());
        json.put("partial", status.partial());
        json.put("runsPlanned", status.runsPlanned());
        json.put("runsDone", status.runsDone());
        json.put("diverged", status.diverged());
        json.put("running", status.running());
        json.put("queued", status.queued());
        json.put("missing", status.missing());
        json.put("failed", status.failed());
        json.put("cancelled", status.cancelled());
        json.put("pausedRuns", status.paused());
        json.put("etaSeconds", status.etaSeconds() == null ? null : Math.ceil(status.etaSeconds()));
        json.put("stepsPlanned", status.stepsPlanned());
        json.put("stepsDone", status.stepsDone());
        json.put("stepsLeft", status.stepsLeft());
        json.put("held", status.held());
        json.put("spared", status.spared());
        json.put("finished", status.isFinished());
        json.put("paused", state.isPaused(study));
        ArrayNode formulas = json.putArray("formulas");
        state.wanted(Optional.of(study)).stream()
                .flatMap(plan -> plan.getFormulas().stream())
                .map(Object::toString)
                .distinct()
                .forEach(formulas::add);
        return json;
    }

    private ArrayNode experiment(Plan plan, Average average) {
        Experiment experiment = plan.getExperiment();
        int done = 0;
        int inTraining = 0;
        int failed = 0;
        for (int index = 0; index < plan.getRuns(); index++) {
            RunKey key = new RunKey(experiment.getExperimentId(), index);
            RunStanding standing = state.standing(key, now);
            switch (standing) {
                case DONE -> done++;
                case RUNNING -> {
                    inTraining++;
                    running.add(new Running(key, state.progress(key).orElseThrow()));
                }
                case FAILED -> {
                    failed++;
                    FarmState.Failure failure = state.failure(key).orElseThrow();
                    failures.add(new Failed(key, failure, lastTry(failure).map(last -> last.getAt())));
                }
                case QUEUED, MISSING, CANCELLED, PAUSED -> {
                    // Nothing to show but that it is not done.
                }
            }
        }
        boolean averaged = average != null && average.getRunsDone() > 0;
        ArrayNode row = JSON.arrayNode();
        row.add(experiment.getTasks());
        row.add(experiment.getTokensReal());
        row.add(experiment.getTokensSynthetic());
        row.add(experiment.getAlpha());
        row.add(experiment.getSharedLayers());
        row.add(experiment.getTraining().getStrategy().name());
        row.add(experiment.getTraining().getReadout().name());
        row.add(measured(averaged, AverageColumn.AMI, average));
        row.add(plan.getRuns());
        row.add(done);
        row.add(inTraining);
        row.add(failed);
        row.add(averaged ? average.getRunsDone() : 0);
        row.add(averaged ? (Double) average.getF1Mean() : null);
        row.add(averaged ? (Double) average.getF1Std() : null);
        row.add(averaged ? (Double) average.getF1Min() : null);
        row.add(averaged ? (Double) average.getF1Max() : null);
        row.add(averaged ? (Double) average.getF1DevMean() : null);
        row.add(averaged ? average.getDiverged() : 0);
        row.add(averaged && filled(average, plan.getRuns()) == plan.getRuns());
        row.add(plan.getControl());
        row.add(measured(averaged, AverageColumn.AMI_LEAST, average));
        row.add(measured(averaged, AverageColumn.AMI_MOST, average));
        row.add(OtherTasks.totalTokens(experiment));
        return row;
    }

    /** Slots below the plan's runs that have a score. */
    private static long filled(Average average, int runs) {
        return average.getSlots().stream()
                .filter(slot -> slot.getRunIndex() < runs)
                .filter(slot -> slot.getOutcome() == Outcome.TRAINED || slot.getOutcome() == Outcome.DIVERGED)
                .count();
    }

    private void putRuns() {
        running.sort(Comparator.comparing((Running one) -> one.progress().getWorker())
                .thenComparing(one -> one.key().toString()));
        for (Running one : running.subList(0, Math.min(MOST_RUNS, running.size()))) {
            Progress progress = one.progress();
            ObjectNode json = JSON.objectNode();
            json.put("experiment", one.key().experimentId());
            json.put("run", one.key().runIndex());
            json.put("worker", progress.getWorker());
            json.put("step", progress.getStep());
            json.put("steps", progress.getSteps());
            json.put("epoch", progress.getEpoch());
            json.put("epochs", progress.getEpochs());
            FormulasJson.number(json, "stepsPerSecond", digits(progress.getStepsPerSecond()));
            ArrayNode steps = json.putArray("lossSteps");
            ArrayNode losses = json.putArray("losses");
            curves.of(one.key()).ifPresent(curve -> {
                for (int i = 0; i < curve.length(); i++) {
                    steps.add(curve.step(i));
                    losses.add(digits(curve.loss(i)));
                }
            });
            put("run/" + one.key(), json);
        }
    }

    private void putFailures() {
        failures.sort(Comparator.comparing((Failed one) -> one.at().orElse(Instant.EPOCH), Comparator.reverseOrder())
                .thenComparing(one -> one.key().toString()));
        for (Failed one : failures.subList(0, Math.min(MOST_FAILURES, failures.size()))) {
            ObjectNode json = JSON.objectNode();
            json.put("experiment", one.key().experimentId());
            json.put("run", one.key().runIndex());
            json.put("reason", one.failure().reason());
            json.put("attempts", one.failure().attempts());
            json.put(
                    "worker",
                    lastTry(one.failure()).map(last -> last.getWorker()).orElse(null));
            json.put("at", one.at().map(Instant::toString).orElse(null));
            put("failure/" + one.key(), json);
        }
    }

    private static Optional<org.mtlfarm.schemas.Try> lastTry(FarmState.Failure failure) {
        return failure.history().isEmpty()
                ? Optional.empty()
                : Optional.of(failure.history().get(failure.history().size() - 1));
    }

    private static ObjectNode formula(FormulaBook.Entry entry) {
        Formula formula = entry.formula();
        ObjectNode json = JSON.objectNode();
        json.put("id", entry.id());
        json.put("specification", formula.getSpecification());
        json.put("target", formula.getTarget());
        ArrayNode features = json.putArray("features");
        entry.features().forEach(features::add);
        json.put("condition", formula.getCondition());
        json.put("rows", formula.getRows());
        json.put("settled", formula.getSettled());
        json.put("fittedAt", formula.getFittedAt().toString());
        json.put("best", entry.best());
        ArrayNode front = json.putArray("front");
        for (int i = 0; i < entry.candidates().size(); i++) {
            Candidate candidate = entry.candidates().get(i);
            ObjectNode one = front.addObject();
            FormulasJson.put(one, candidate);
            one.set("program", program(entry.expression(i)));
        }
        return json;
    }

    /** In postfix order: a number for a constant, {@code [v]} for feature v, an operator's symbol. */
    private static ArrayNode program(Expression expression) {
        ArrayNode program = JSON.arrayNode();
        int constant = 0;
        for (int position = 0; position < expression.complexity(); position++) {
            if (expression.isConstant(position)) {
                program.add(expression.constantAt(constant++));
            } else if (expression.isVariable(position)) {
                program.addArray().add(expression.variableAt(position));
            } else {
                program.add(expression.operator(position).symbol());
            }
        }
        return program;
    }

    /** JSON has no way to say not-a-number but null: the AMI of tasks on texts of their own is none. */
    private static Double measured(boolean averaged, AverageColumn column, Average average) {
        double value = averaged ? column.valueOf(average) : Double.NaN;
        return Double.isFinite(value) ? (Double) value : null;
    }

    /** Four digits: enough to draw. */
    private static double digits(double value) {
        return Double.isFinite(value) ? Double.parseDouble(String.format(java.util.Locale.ROOT, "%.4g", value)) : 0;
    }
}

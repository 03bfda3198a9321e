package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.util.Locale;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import org.mtlfarm.producer.farm.Submission;
import org.mtlfarm.producer.study.Estimate;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StepTime;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.standalone.run.LibraryCatalogue;
import org.mtlfarm.standalone.run.ProgressLine;

/** {@code farm submit STUDY}. */
@Command(
        name = "submit",
        description = "Plan a study's experiments and put their runs on the queue. Submitting twice changes nothing.")
final class SubmitCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private StudyOptions studies;

    @Parameters(paramLabel = "STUDY", description = "A study file, or the name of one in the folder studies.")
    private String study;

    @Option(names = "--dry-run", description = "Print what it would come to; send nothing.")
    private boolean dryRun;

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Runs trained at a time, for the estimate (default the processors here).")
    private Integer slots;

    @Override
    public void run() {
        if (slots != null && slots < 1) {
            throw new InvalidInputException("--slots: expected at least 1, found " + slots);
        }
        StudyPlan plan = Planner.plan(studies.read(study, output), new LibraryCatalogue(CorpusOptions.library(output)));
        plan.warnings().forEach(warning -> output.note("farm: warning: " + warning));
        int parallel = slots == null ? Runtime.getRuntime().availableProcessors() : slots;
        Estimate estimate = Estimate.of(plan, StepTime.fused(), parallel);
        if (dryRun) {
            output.print(json(estimate), text(estimate, parallel) + adaptive(plan));
            return;
        }
        try (FarmConnection farm = FarmConnection.open(kafka.kafka(), kafka.group(), Clock.systemUTC())) {
            Submission submission = farm.submitter().submit(plan);
            ObjectNode json = json(estimate)
                    .put("planned", submission.planned())
                    .put("alreadyPlanned", submission.alreadyPlanned())
                    .put("runsEnqueued", submission.runsEnqueued())
                    .put("alreadyDone", submission.alreadyDone())
                    .put("alreadyQueued", submission.alreadyQueued())
                    .put("failed", submission.failed())
                    .put("retired", submission.retired());
            output.print(json, text(submission) + text(estimate, parallel) + adaptive(plan));
        }
    }

    private static ObjectNode json(Estimate estimate) {
        return Output.object()
                .put("experiments", estimate.experiments())
                .put("runs", estimate.runs())
                .put("steps", estimate.steps())
                .put("estimatedSeconds", estimate.estimatedSeconds())
                .put("bytes", estimate.bytes());
    }

    private static String text(Estimate estimate, int slots) {
        return String.format(
                Locale.ROOT,
                "experiments %,d%nruns        %,d%nsteps       %,d%ntime        about %s on %d slots (fused engine)%ndisk        %.1f MB%n",
                estimate.experiments(),
                estimate.runs(),
                estimate.steps(),
                ProgressLine.duration((long) Math.ceil(estimate.estimatedSeconds())),
                slots,
                estimate.bytes() / 1e6);
    }

    private static String adaptive(StudyPlan plan) {
        return plan.study().sampling().isEmpty()
                ? ""
                : "adaptive    this is the most: farm regressor asks for experiments until the law is known to "
                        + plan.study().sampling().get().precision() + System.lineSeparator();
    }

    private static String text(Submission submission) {
        return submission.runsEnqueued() + " runs enqueued, " + submission.alreadyDone() + " already done, "
                + submission.alreadyQueued() + " already queued, " + submission.failed() + " failed before\n"
                + (submission.retired() == 0
                        ? ""
                        : submission.retired() + " experiments that the study no longer has are taken off the plan\n");
    }
}

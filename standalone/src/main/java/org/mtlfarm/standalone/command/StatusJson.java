package org.mtlfarm.standalone.command;

import java.util.Locale;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.standalone.run.ProgressLine;

/** A farm's status as JSON and as text. */
final class StatusJson {
    private StatusJson() {}

    static ObjectNode json(FarmStatus status) {
        ObjectNode json = Output.object();
        json.put("planned", status.planned());
        json.put("complete", status.complete());
        json.put("partial", status.partial());
        json.put("failed", status.failed());
        json.put("running", status.running());
        json.put("queued", status.queued());
        json.put("etaSeconds", status.etaSeconds());
        ArrayNode failures = json.putArray("failures");
        status.failures()
                .forEach(failure -> failures.addObject()
                        .put("experiment", failure.experiment())
                        .put("run", failure.run())
                        .put("reason", failure.reason()));
        json.put("runsPlanned", status.runsPlanned());
        json.put("runsDone", status.runsDone());
        json.put("diverged", status.diverged());
        json.put("missing", status.missing());
        json.put("cancelled", status.cancelled());
        json.put("paused", status.paused());
        json.put("stepsPlanned", status.stepsPlanned());
        json.put("stepsDone", status.stepsDone());
        json.put("held", status.held());
        json.put("spared", status.spared());
        json.put("runsSpared", status.runsSpared());
        return json;
    }

    static String text(FarmStatus status) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                """
                experiments  %d planned, %d complete, %d partial
                runs         %d planned, %d done (%d diverged), %d running, %d queued, %d missing, %d failed, %d cancelled, %d paused
                steps        %,d of %,d
                time left    %s
                """,
                status.planned(),
                status.complete(),
                status.partial(),
                status.runsPlanned(),
                status.runsDone(),
                status.diverged(),
                status.running(),
                status.queued(),
                status.missing(),
                status.failed(),
                status.cancelled(),
                status.paused(),
                status.stepsDone(),
                status.stepsPlanned(),
                timeLeft(status)));
        if (status.held() + status.spared() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "adaptive     %d experiments may yet be asked for, %d spared with %d runs%n",
                    status.held(),
                    status.spared(),
                    status.runsSpared()));
        }
        status.failures()
                .forEach(failure -> text.append("failed       ")
                        .append(failure.experiment())
                        .append('/')
                        .append(failure.run())
                        .append(": ")
                        .append(failure.reason())
                        .append('\n'));
        return text.toString();
    }

    private static String timeLeft(FarmStatus status) {
        if (status.isFinished()) {
            return "none";
        }
        if (status.etaSeconds() == null && status.paused() > 0) {
            return "unknown: paused";
        }
        if (status.running() + status.queued() + status.missing() + status.cancelled() + status.paused() == 0) {
            return status.heldPaused() == status.held()
                    ? "unknown: paused"
                    : "unknown: the next experiments are being chosen (by farm regressor)";
        }
        return status.etaSeconds() == null
                ? "unknown: no run is in training"
                : ProgressLine.duration((long) Math.ceil(status.etaSeconds()));
    }
}

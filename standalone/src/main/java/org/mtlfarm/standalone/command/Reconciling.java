package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.micrometer.core.instrument.MeterRegistry;

import org.mtlfarm.metrics.KafkaMeters;
import org.mtlfarm.producer.farm.FarmMeters;
import org.mtlfarm.producer.farm.ReconcilerService;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.run.FarmConnection;

/** A reconciler at work in a thread of its own. */
final class Reconciling implements AutoCloseable {
    private final FarmConnection farm;
    private final ReconcilerService service;
    private final CompletableFuture<Void> end;

    private Reconciling(FarmConnection farm, ReconcilerService service, CompletableFuture<Void> end) {
        this.farm = farm;
        this.service = service;
        this.end = end;
    }

    /**
     * @param period between two times; zero: never, only the meters are kept
     */
    static Reconciling start(KafkaSettings kafka, WorkGroup group, Duration period, MeterRegistry meters) {
        FarmConnection farm = FarmConnection.open(kafka, group, Clock.systemUTC());
        KafkaMeters.ofProducers(meters, "reconciler").add(farm::producerMetrics);
        ReconcilerService service = ReconcilerService.of(
                kafka,
                "farm-reconciler-" + group.groupId(),
                farm::steadyReconciler,
                period,
                new FarmMeters(meters),
                farm.view()::refresh,
                farm.view().brokersClock());
        CompletableFuture<Void> end =
                CompletableFuture.runAsync(service::run, task -> new Thread(task, "reconciler").start());
        return new Reconciling(farm, service, end);
    }

    /** Completes, with its failure, if it cannot go on; not when it is closed. */
    CompletableFuture<Void> failed() {
        CompletableFuture<Void> failed = new CompletableFuture<>();
        end.whenComplete((nothing, failure) -> {
            if (failure != null) {
                failed.completeExceptionally(failure);
            }
        });
        return failed;
    }

    @Override
    public void close() {
        service.close();
        end.handle((nothing, failure) -> null).join();
        farm.close();
    }
}

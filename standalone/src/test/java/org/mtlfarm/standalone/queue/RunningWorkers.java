package org.mtlfarm.standalone.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.worker.queue.RunTraining;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

/** Workers in threads of the test, stopped at its end; one that has failed fails the test. */
final class RunningWorkers implements AutoCloseable {
    private final KafkaSettings kafka;
    private final List<WorkerService> workers = new ArrayList<>();
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();

    RunningWorkers(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    WorkerService start(WorkerSettings settings, RunTraining training) {
        return start(settings, training, WorkerListener.NONE);
    }

    WorkerService start(WorkerSettings settings, RunTraining training, WorkerListener listener) {
        WorkerService worker = new WorkerService(kafka, settings, training, listener, Clock.systemUTC());
        workers.add(worker);
        CompletableFuture<Void> end = new CompletableFuture<>();
        ends.add(end);
        Thread thread = new Thread(() -> {
            try {
                worker.run();
                end.complete(null);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        thread.start();
        return worker;
    }

    long sum(ToLongFunction<WorkerCounters> counter) {
        return workers.stream().map(WorkerService::counters).mapToLong(counter).sum();
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.stop(Duration.ZERO));
        ends.forEach(CompletableFuture::join);
    }
}

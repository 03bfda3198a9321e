package org.mtlfarm.page;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.http.TopicFollower;
import org.mtlfarm.producer.farm.FarmState;
import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.producer.farm.Reconciler;
import org.mtlfarm.producer.farm.RunStanding;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.schemas.registry.RegistryUnavailableException;

/**
 * Looks at the farm for those who watch studies, twice a second while somebody does, and acts on it for them. One thread reads
 * what becomes of runs and acts; averages and formulas are read by threads of their own.
 *
 * <p>In memory: what {@link FarmView} folds (some 300 bytes a run), an average an experiment (about 1 kB), a picture of each study
 * that was asked for since the start (about 200 bytes an experiment), its latest changes (4 MB).
 */
public final class LiveFarm implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFarm.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration GLANCE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** After the last request without an event stream. */
    private static final Duration WATCHED = Duration.ofSeconds(60);

    /** Looking takes at most one part in so many of a core. */
    private static final int REST = 9;

    private final KafkaSettings kafka;
    private final WorkGroup group;
    private final Clock clock;
    private final Map<String, Average> averages = new ConcurrentHashMap<>();
    private final FormulaBook formulas = new FormulaBook();
    private final LossCurves curves = new LossCurves();
    private final Map<String, LiveStudy> studies = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Semaphore bell = new Semaphore(0);
    private final java.util.function.BooleanSupplier watched;
    private final Thread thread;
    private TopicFollower averageTopic;
    private TopicFollower formulaTopic;
    private volatile List<String> names;
    private volatile Collection<Plan> plans = List.of();
    private volatile long askedNanos = System.nanoTime();
    private volatile boolean closed;
    private FarmView view;
    private KafkaProducer<String, byte[]> producer;

    /** @param watched whether somebody follows the changes now */
    public LiveFarm(KafkaSettings kafka, WorkGroup group, Clock clock, java.util.function.BooleanSupplier watched) {
        this.kafka = kafka;
        this.group = group;
        this.clock = clock;
        this.watched = watched;
        this.thread = new Thread(this::run, "page");
        thread.setDaemon(true);
    }

    /** Begins to look. The topics exist. */
    public void start() {
        averageTopic = TopicFollower.start("page-averages", Topics.AVERAGES, Average.class, kafka, message -> {
            if (message.value() == null) {
                averages.remove(message.key());
            } else {
                averages.put(message.key(), message.value());
            }
        });
        formulaTopic = TopicFollower.start("page-formulas", Topics.FORMULAS, Formula.class, kafka, message -> {
            try {
                formulas.take(message.key(), message.value(), message.offset());
            } catch (InvalidInputException | IllegalArgumentException e) {
                LOG.warn("left out the formula {}: {}", message.key(), e.getMessage());
            }
        });
        thread.start();
    }

    /** Studies that there are, the latest planned first; empty optional until that is known. */
    public Optional<List<String>> names() {
        askedNanos = System.nanoTime();
        return Optional.ofNullable(names);
    }

    /** A study that there is, up to date. */
    public LiveStudy study(String name) {
        askedNanos = System.nanoTime();
        LiveStudy known = studies.get(name);
        return known != null
                ? known
                : order(state -> {
                    LiveStudy study = studies.computeIfAbsent(name, any -> new LiveStudy());
                    show(name, study, state);
                    return study;
                });
    }

    /** What a study wants now. */
    List<Plan> plans(String study) {
        return plans.stream()
                .filter(plan -> plan.getStudy().equals(study) && !plan.getCancelled())
                .toList();
    }

    /** The averages of a study's experiments, as its plan counts runs. */
    public List<Average> averages(String study) {
        return plans(study).stream()
                .filter(plan -> averages.containsKey(plan.getExperiment().getExperimentId()))
                .map(plan ->
                        FormulaFit.asPlanned(averages.get(plan.getExperiment().getExperimentId()), plan.getRuns()))
                .toList();
    }

    Optional<Average> average(String experimentId) {
        return Optional.ofNullable(averages.get(experimentId));
    }

    public FormulaBook formulas() {
        return formulas;
    }

    /** Lets somebody act on the farm, and shows at once what came of it. */
    public <T> T act(Function<Reconciler, T> action) {
        return order(state -> {
            if (producer == null) {
                producer = new KafkaProducer<>(kafka.producer());
            }
            T done = action.apply(new Reconciler(producer, view, () -> view.now(clock), group.recordLock()));
            showAll(view.refresh());
            return done;
        });
    }

    /** Has the thread do something at its next look, and waits for it. */
    private <T> T order(Function<FarmState, T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        orders.add(() -> {
            try {
                done.complete(work.apply(view.refresh()));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        bell.release();
        try {
            return done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new BrokerUnavailableException("the farm was not read within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted while the farm was read", e);
        }
    }

    private void run() {
        long pause = 0;
        while (!closed) {
            try {
                ring(pause);
                if (view == null) {
                    FarmView opened = FarmView.open(kafka, group);
                    opened.onProgress(curves::take);
                    view = opened;
                }
                for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                    order.run();
                }
                long begun = System.nanoTime();
                if (averageTopic.isReady() && formulaTopic.isReady()) {
                    showAll(view.refresh());
                    boolean busy = watched.getAsBoolean() || System.nanoTime() - askedNanos < WATCHED.toNanos();
                    pause = Math.max((busy ? LOOK : GLANCE).toNanos(), REST * (System.nanoTime() - begun));
                } else {
                    pause = LOOK.toNanos() / 5;
                }
            } catch (BrokerUnavailableException | RegistryUnavailableException | KafkaException e) {
                if (!closed) {
                    LOG.warn("cannot look at the farm now: {}", e.getMessage());
                }
                pause = LOOK.toNanos() * 4;
            } catch (InterruptedException e) {
                closed = true;
            }
        }
        if (view != null) {
            view.close();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }

    private void ring(long nanos) throws InterruptedException {
        if (bell.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            bell.drainPermits();
        }
    }

    private void showAll(FarmState state) {
        Instant now = view.now(clock);
        curves.keep(key -> state.standing(key, now) == RunStanding.RUNNING);
        plans = List.copyOf(state.plans());
        names = state.studies();
        studies.forEach((name, study) -> show(name, study, state));
    }

    private void show(String name, LiveStudy study, FarmState state) {
        study.show(StudyPicture.of(state, name, view.now(clock), averages, curves, formulas));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (averageTopic != null) {
            averageTopic.close();
            formulaTopic.close();
        }
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package org.mtlfarm.regressor.service;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.regressor.search.FitProgress;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;

/**
 * Keeps every study's formulas current: reads plans and averages, fits again what has changed, publishes the formulas. All
 * its state is on the topics: plans, averages and formulas are read from their beginnings at every start, and what was
 * published last is what the next fit goes on from, with a restart between or without. {@link #run} works on the calling
 * thread until {@link #close}, which may come from any thread.
 */
public final class RegressorService implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration GLANCE = Duration.ofMillis(1);
    private static final Logger LOG = LoggerFactory.getLogger(RegressorService.class);

    private final KafkaSettings kafka;
    private final RegressorSettings settings;
    private final FormulaMeters meters;
    private final Clock clock;
    private final StudyFormulas formulas = new StudyFormulas();
    private final AvroCodec<Formula> codec;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean running;
    private volatile boolean closed;
    private volatile boolean following;

    /** One whose meters nobody reads. */
    public RegressorService(KafkaSettings kafka, RegressorSettings settings) {
        this(kafka, settings, new FormulaMeters(new CompositeMeterRegistry()));
    }

    public RegressorService(KafkaSettings kafka, RegressorSettings settings, FormulaMeters meters) {
        this(kafka, settings, meters, Clock.systemUTC());
    }

    RegressorService(KafkaSettings kafka, RegressorSettings settings, FormulaMeters meters, Clock clock) {
        this.meters = meters;
        this.kafka = kafka;
        this.codec = kafka.wire().codec(Topics.FORMULAS, Formula.class);
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Works until closed. The topics must exist.
     *
     * @throws org.mtlfarm.schemas.BrokerUnavailableException if no broker answers
     */
    public void run() {
        running = true;
        try (TopicReader<Plan> plans = TopicReader.open(Topics.PLAN, Plan.class, kafka);
                TopicReader<Average> averages = TopicReader.open(Topics.AVERAGES, Average.class, kafka);
                Producer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            try (TopicReader<Formula> published = TopicReader.open(Topics.FORMULAS, Formula.class, kafka)) {
                published.readLatest().values().forEach(formula -> {
                    formulas.published(formula);
                    meters.known(formula);
                });
            }
            plans.readToEnd(message -> formulas.plan(message.key(), message.value()));
            averages.readToEnd(message -> formulas.average(message.key(), message.value()));
            meters.spreads(formulas.spreads());
            following = true;
            follow(plans, averages, producer);
        } catch (CancellationException e) {
            if (!closed) {
                throw e;
            }
        } finally {
            following = false;
            ended.complete(null);
        }
    }

    /** Whether it has read what there was, and follows what comes. */
    public boolean isFollowing() {
        return following && !closed;
    }

    private void follow(TopicReader<Plan> plans, TopicReader<Average> averages, Producer<String, byte[]> producer) {
        long changed = System.nanoTime();
        long waitingSince = changed;
        boolean waiting = !formulas.due().isEmpty();
        while (!closed) {
            List<TopicReader.Message<Average>> news = averages.next(POLL);
            List<TopicReader.Message<Plan>> newPlans = plans.next(GLANCE);
            news.forEach(message -> formulas.average(message.key(), message.value()));
            newPlans.forEach(message -> formulas.plan(message.key(), message.value()));
            long now = System.nanoTime();
            if (!news.isEmpty() || !newPlans.isEmpty()) {
                meters.spreads(formulas.spreads());
                changed = now;
                if (!waiting) {
                    waiting = !formulas.due().isEmpty();
                    waitingSince = now;
                }
            }
            if (waiting
                    && (now - changed >= settings.quiet().toNanos()
                            || now - waitingSince >= settings.patience().toNanos())) {
                List<StudyFormulas.Due> due = formulas.due();
                if (!due.isEmpty()) {
                    fit(due.get(0), producer);
                }
                waiting = due.size() > 1;
                waitingSince = waiting ? waitingSince : System.nanoTime();
            }
        }
    }

    private void fit(StudyFormulas.Due due, Producer<String, byte[]> producer) {
        Optional<Formula> formula;
        try {
            formula = fitted(due);
        } catch (InvalidInputException | IllegalArgumentException e) {
            // Averages or a published formula that come from elsewhere: the other formulas are not to suffer for it.
            LOG.warn("{}, {}: no formula came of the fit: {}", due.study(), due.specification(), e.getMessage());
            formula = Optional.empty();
        }
        Optional<Formula> marked = formula.map(
                found -> Formula.newBuilder(found).setSettled(due.settled()).build());
        marked.ifPresent(found -> {
            publish(producer, due.key(), found);
            LOG.info(
                    "{}, {}: {} ({} nodes, held-out R2 {}) from {} rows in {} s, {}",
                    due.study(),
                    due.specification(),
                    found.getBest().getExpression(),
                    found.getBest().getComplexity(),
                    String.format(Locale.ROOT, "%.4f", found.getBest().getTestR2()),
                    found.getRows(),
                    String.format(Locale.ROOT, "%.3f", found.getSeconds()),
                    found.getSearchedRows() == found.getRows() ? "searched" : "constants fitted again");
        });
        marked.ifPresentOrElse(meters::fitted, meters::failed);
        formulas.done(due, marked.orElse(null));
    }

    private Optional<Formula> fitted(StudyFormulas.Due due) {
        Consumer<FitProgress> unlessClosed = progress -> {
            if (closed) {
                throw new CancellationException("the regressor is closed");
            }
        };
        // The last fit is made from nothing: whatever came in which order before, the same averages give the same
        // formula.
        return due.settled()
                ? FormulaFit.fit(
                        due.study(),
                        due.specification(),
                        due.averages(),
                        settings.whenSettled(),
                        clock.instant(),
                        unlessClosed)
                : FormulaFit.update(
                        due.previous(),
                        due.study(),
                        due.specification(),
                        due.averages(),
                        settings.whileRunning(),
                        clock.instant(),
                        unlessClosed);
    }

    private void publish(Producer<String, byte[]> producer, String key, Formula formula) {
        try {
            producer.send(new ProducerRecord<>(Topics.FORMULAS.topicName(), key, codec.encode(formula)))
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted before the formula " + key + " was published");
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "cannot publish the formula " + key + " on " + Topics.FORMULAS.topicName() + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    /** Ends the work, also within a fit, and waits for its end. */
    @Override
    public void close() {
        closed = true;
        if (running) {
            ended.join();
        }
    }
}

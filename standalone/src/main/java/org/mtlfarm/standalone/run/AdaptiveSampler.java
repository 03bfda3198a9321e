package org.mtlfarm.standalone.run;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.regressor.sampling.AdaptiveStudy;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.schemas.registry.RegistryUnavailableException;

/**
 * Asks for the experiments of adaptive studies, each batch when the one before is done. All its state is on the topics: started again,
 * or beside another one, it decides the same. {@link #run} works on the calling thread until {@link #close}, from any thread.
 */
public final class AdaptiveSampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdaptiveSampler.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration GLANCE = Duration.ofMillis(1);

    private final KafkaSettings kafka;
    private final WorkGroup group;
    private final FitSettings fit;
    private final Clock clock;
    /** By study, then by the key of the plan's record. */
    private final Map<String, Map<String, Plan>> plans = new TreeMap<>();

    private final Map<String, Average> averages = new HashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean running;
    private volatile boolean closed;

    /**
     * @param fit how the laws are searched between two rounds
     */
    public AdaptiveSampler(KafkaSettings kafka, WorkGroup group, FitSettings fit, Clock clock) {
        this.kafka = kafka;
        this.group = group;
        this.fit = fit;
        this.clock = clock;
    }

    /** Works until closed. The topics must exist. */
    public void run() {
        running = true;
        try (TopicReader<Plan> planned = TopicReader.open(Topics.PLAN, Plan.class, kafka);
                TopicReader<Average> averaged = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            planned.readToEnd(this::learn);
            averaged.readToEnd(this::take);
            Set<String> changed = new HashSet<>(plans.keySet());
            while (!closed) {
                for (String study : Set.copyOf(changed)) {
                    changed.remove(study);
                    Map<String, Plan> ofStudy = plans.getOrDefault(study, Map.of());
                    if (!closed
                            && AdaptiveStudy.isOpen(ofStudy.values())
                            && !decide(study, List.copyOf(ofStudy.values()))) {
                        changed.add(study);
                    }
                }
                for (TopicReader.Message<Average> message : averaged.next(POLL)) {
                    take(message);
                    // Whichever studies want it: to look at one in which nothing can be decided costs nothing.
                    changed.addAll(plans.keySet());
                }
                for (TopicReader.Message<Plan> message : planned.next(GLANCE)) {
                    learn(message);
                    changed.add(study(message.key()));
                }
            }
        } finally {
            ended.complete(null);
        }
    }

    /** False: the broker was away, and it is to be decided again. */
    private boolean decide(String study, List<Plan> ofStudy) {
        AdaptiveStudy.Decision decision;
        try {
            decision = AdaptiveStudy.decide(ofStudy, averages, fit);
        } catch (InvalidInputException | IllegalArgumentException e) {
            // Plans or averages from elsewhere: other studies are not to suffer for it.
            LOG.warn("{}: the next experiments cannot be chosen: {}", study, e.getMessage());
            return true;
        }
        if (decision.plans().isEmpty()) {
            LOG.debug("{}: {}", study, decision.why());
            return true;
        }
        LOG.info("{}: {}", study, decision.why());
        try (FarmConnection farm = FarmConnection.existing(kafka, group, clock)) {
            farm.reconciler().sample(study, ofStudy, decision.plans());
            return true;
        } catch (BrokerUnavailableException | RegistryUnavailableException | KafkaException e) {
            LOG.warn("{}: the next experiments cannot be asked for now: {}", study, e.getMessage());
            return false;
        }
    }

    private void learn(TopicReader.Message<Plan> message) {
        Map<String, Plan> ofStudy = plans.computeIfAbsent(study(message.key()), name -> new TreeMap<>());
        if (message.value() == null) {
            ofStudy.remove(message.key());
        } else {
            ofStudy.put(message.key(), message.value());
        }
    }

    private void take(TopicReader.Message<Average> message) {
        if (message.value() == null) {
            averages.remove(message.key());
        } else {
            averages.put(message.key(), message.value());
        }
    }

    /** Of a plan record's key. */
    private static String study(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('/')));
    }

    /** Ends the work and waits for its end. */
    @Override
    public void close() {
        closed = true;
        if (running) {
            ended.join();
        }
    }
}

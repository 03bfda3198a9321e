package org.mtlfarm.aggregator.http;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.http.Problem;
import org.mtlfarm.http.TopicFollower;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Topics;

/** Which experiments the studies want, as {@code farm.plan} has it: averages know nothing of studies. Any thread. */
final class Studies implements AutoCloseable {
    private final Map<String, Set<String>> experiments = new TreeMap<>();
    private volatile TopicFollower follower;

    /** Begins to read the plan. */
    void open(KafkaSettings kafka) {
        follower = TopicFollower.start(
                "plan", Topics.PLAN, Plan.class, kafka, message -> take(message.key(), message.value()));
    }

    /** @param plan null voids what the key stood for */
    synchronized void take(String key, Plan plan) {
        int slash = key.lastIndexOf('/');
        String study = key.substring(0, Math.max(0, slash));
        String id = key.substring(slash + 1);
        if (plan == null || plan.getCancelled()) {
            Set<String> ids = experiments.get(study);
            if (ids != null && ids.remove(id) && ids.isEmpty()) {
                experiments.remove(study);
            }
        } else {
            experiments.computeIfAbsent(study, name -> new HashSet<>()).add(id);
        }
    }

    /** Ids of the experiments that a study wants. */
    synchronized Set<String> experiments(String study) {
        requireReady();
        Set<String> ids = experiments.get(study);
        if (ids == null) {
            throw Problem.notFound("no study is named '" + study + "'; see /studies");
        }
        return Set.copyOf(ids);
    }

    synchronized ObjectNode json() {
        requireReady();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("studies");
        experiments.forEach((study, ids) -> list.addObject().put("study", study).put("experiments", ids.size()));
        return json;
    }

    private void requireReady() {
        if (follower == null || !follower.isReady()) {
            throw Problem.unavailable("the plan is not read yet");
        }
    }

    @Override
    public void close() {
        TopicFollower opened = follower;
        if (opened != null) {
            opened.close();
        }
    }
}

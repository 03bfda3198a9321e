package org.mtlfarm.aggregator.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;

/** Which averages a request asks for: parameters named as the columns of {@code averages.csv}, all of which must fit. */
final class AverageFilter implements Predicate<Average> {
    static final Set<String> PARAMETERS = Set.of(
            "study",
            "tasks",
            "tokens",
            "tokens_synthetic",
            "shared_layers",
            "ami_min",
            "ami_max",
            "alpha_min",
            "alpha_max",
            "strategy",
            "readout",
            "complete");

    private final List<Predicate<Average>> conditions = new ArrayList<>();

    /** @throws Problem if a parameter is not what it must be, or nobody has submitted the study */
    static AverageFilter of(Query query, Studies studies) {
        AverageFilter filter = new AverageFilter();
        query.text("study").ifPresent(study -> filter.study(study, studies));
        filter.equal(query, "tasks", average -> average.getExperiment().getTasks());
        filter.equal(query, "tokens", average -> average.getExperiment().getTokensReal());
        filter.equal(
                query, "tokens_synthetic", average -> average.getExperiment().getTokensSynthetic());
        filter.equal(query, "shared_layers", average -> average.getExperiment().getSharedLayers());
        filter.within(query, "ami", AverageColumn.AMI::valueOf);
        filter.within(query, "alpha", AverageColumn.ALPHA::valueOf);
        Optional<Strategy> strategy = query.choice("strategy", Strategy.class);
        strategy.ifPresent(wanted -> filter.conditions.add(
                average -> average.getExperiment().getTraining().getStrategy() == wanted));
        Optional<Readout> readout = query.choice("readout", Readout.class);
        readout.ifPresent(wanted -> filter.conditions.add(
                average -> average.getExperiment().getTraining().getReadout() == wanted));
        query.flag("complete").ifPresent(wanted -> filter.conditions.add(average -> average.getComplete() == wanted));
        return filter;
    }

    @Override
    public boolean test(Average average) {
        return conditions.stream().allMatch(condition -> condition.test(average));
    }

    private void study(String study, Studies studies) {
        Set<String> ids = studies.experiments(study);
        conditions.add(average -> ids.contains(average.getExperiment().getExperimentId()));
    }

    private void equal(Query query, String name, ToIntFunction<Average> value) {
        OptionalInt wanted = query.integer(name, 0, Integer.MAX_VALUE);
        if (wanted.isPresent()) {
            conditions.add(average -> value.applyAsInt(average) == wanted.getAsInt());
        }
    }

    private void within(Query query, String name, ToDoubleFunction<Average> value) {
        OptionalDouble least = query.number(name + "_min");
        OptionalDouble most = query.number(name + "_max");
        if (least.isPresent()) {
            conditions.add(average -> value.applyAsDouble(average) >= least.getAsDouble());
        }
        if (most.isPresent()) {
            conditions.add(average -> value.applyAsDouble(average) <= most.getAsDouble());
        }
    }
}

package org.mtlfarm.regressor.sampling;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.Average;

/**
 * The relatedness that an alpha gives on a study's corpus, from the averages there are: their mean where the alpha is the same, a
 * straight line between two, and the nearest beyond them. An alpha of 1 is an AMI of 1.
 */
final class AmiOfAlpha {
    private final TreeMap<Double, Double> known;

    private AmiOfAlpha(TreeMap<Double, Double> known) {
        this.known = known;
    }

    static AmiOfAlpha of(List<Average> averages) {
        TreeMap<Double, Double> known = averages.stream()
                .filter(average -> average.getExperiment().getTasks() > 1)
                .collect(Collectors.groupingBy(
                        average -> average.getExperiment().getAlpha(),
                        TreeMap::new,
                        Collectors.averagingDouble(Average::getAmiMean)));
        known.put(1.0, 1.0);
        return new AmiOfAlpha(known);
    }

    double at(double alpha) {
        Map.Entry<Double, Double> below = known.floorEntry(alpha);
        Map.Entry<Double, Double> above = known.ceilingEntry(alpha);
        if (below == null || above == null) {
            return (below == null ? above : below).getValue();
        }
        double width = above.getKey() - below.getKey();
        double share = width == 0 ? 0 : (alpha - below.getKey()) / width;
        return below.getValue() + share * (above.getValue() - below.getValue());
    }
}

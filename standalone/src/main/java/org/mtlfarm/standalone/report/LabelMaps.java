package org.mtlfarm.standalone.report;

import java.util.List;
import java.util.Locale;

import org.mtlfarm.schemas.CanonicalNumber;
import org.mtlfarm.standalone.findings.TaskLabels;
import org.mtlfarm.standalone.plot.HeatMap;

/** How real and artificial labels meet: as the simulator's matrix has it, and as they were drawn. */
final class LabelMaps {
    private LabelMaps() {}

    /** The matrix, then the counts, of one alpha. */
    static List<HeatMap> of(TaskLabels task, int number) {
        int count = task.labels().size();
        double[][] shares = new double[count][count];
        String[][] probabilities = new String[count][count];
        String[][] counts = new String[count][count];
        for (int real = 0; real < count; real++) {
            long sum = 0;
            for (long tokens : task.counts()[real]) {
                sum += tokens;
            }
            for (int artificial = 0; artificial < count; artificial++) {
                shares[real][artificial] = sum == 0 ? 0 : (double) task.counts()[real][artificial] / sum;
                String pair =
                        task.labels().get(real) + " becomes " + task.labels().get(artificial) + ": ";
                probabilities[real][artificial] = pair + task.matrix()[real][artificial];
                counts[real][artificial] =
                        String.format(Locale.ROOT, "%s%,d of %,d tokens", pair, task.counts()[real][artificial], sum);
            }
        }
        String alpha = CanonicalNumber.print(task.run().getExperiment().getAlpha());
        return List.of(
                map("labels-" + number + "-matrix", "Simulator, alpha " + alpha, task, task.matrix(), probabilities),
                map(
                        "labels-" + number + "-drawn",
                        String.format(Locale.ROOT, "Drawn, alpha %s: AMI %.3f", alpha, task.ami()),
                        task,
                        shares,
                        counts));
    }

    private static HeatMap map(String name, String title, TaskLabels task, double[][] shares, String[][] notes) {
        return new HeatMap(
                name,
                title,
                "Share of each real label's tokens that have each artificial label.",
                "real label",
                "artificial label",
                task.labels(),
                task.labels(),
                shares,
                notes);
    }
}

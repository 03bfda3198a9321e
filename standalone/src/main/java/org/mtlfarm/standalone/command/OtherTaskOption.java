package org.mtlfarm.standalone.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Sources;

/** One {@code --other}: tasks that are alike, {@code alpha=0.9,tokens=1000,count=2}. */
record OtherTaskOption(String text, Map<String, String> values) {
    private static final Set<String> LABELS = Set.of("alpha", "ami", "column", "file");
    private static final Set<String> KEYS = Set.of("alpha", "ami", "column", "file", "word", "tags", "tokens", "count");

    /** Throws {@link InvalidInputException} for what is no such text. */
    static OtherTaskOption parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (!KEYS.contains(key)
                    || values.put(key, pair.substring(equals + 1).strip()) != null) {
                throw mistake(text, "'" + pair + "'");
            }
        }
        Set<String> labels = new TreeSet<>(values.keySet());
        labels.retainAll(LABELS);
        if (labels.size() != 1) {
            throw mistake(
                    text, labels.isEmpty() ? "none of alpha, ami, column and file" : String.join(" and ", labels));
        }
        return new OtherTaskOption(text, values);
    }

    /**
     * The tasks that it stands for.
     *
     * @param tokens of each, if it does not say
     */
    List<OtherTask> tasks(int tokens, Sources sources, CorpusCatalogue catalogue, AmiNormalisation normalisation) {
        int own = values.containsKey("tokens") ? whole("tokens", 1) : tokens;
        OtherTask task;
        if (values.containsKey("alpha")) {
            task = OtherTasks.drawn(ratio("alpha"), own);
        } else if (values.containsKey("ami")) {
            task = OtherTasks.drawn(catalogue.alphaForAmi(sources, ratio("ami"), normalisation), own);
        } else {
            String labels = labels();
            task = new OtherTask(
                    null, own, labels, catalogue.describeLabels(sources, labels).hash());
        }
        int count = values.containsKey("count") ? whole("count", 0) : 1;
        return new ArrayList<>(Collections.nCopies(count, task));
    }

    private String labels() {
        return values.containsKey("column")
                ? "column=" + whole("column", 1)
                : "file=" + values.get("file") + column("word") + column("tags");
    }

    private String column(String key) {
        return values.containsKey(key) ? "," + key + "=" + whole(key, 1) : "";
    }

    private int whole(String key, int least) {
        return number(key)
                .filter(value -> value >= least && value <= 999_999_999 && value == Math.rint(value))
                .map(Double::intValue)
                .orElseThrow(() -> mistake(text, key + "=" + values.get(key)));
    }

    private double ratio(String key) {
        return number(key)
                .filter(value -> value >= 0 && value <= 1)
                .orElseThrow(() -> mistake(text, key + "=" + values.get(key)));
    }

    private Optional<Double> number(String key) {
        try {
            return Optional.of(Double.parseDouble(values.get(key)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static InvalidInputException mistake(String text, String found) {
        return new InvalidInputException("--other " + text
                + ": expected alpha=A, ami=A, column=N or file=F, and with it tokens=N, count=N, found " + found);
    }
}

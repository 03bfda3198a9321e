package org.mtlfarm.standalone.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.mtlfarm.aggregator.ExperimentSlots;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;

/**
 * A folder that {@code farm run} or {@code farm report} has written, read again. Averages are computed anew from the runs in
 * {@code results.jsonl}; that {@code averages.csv} says the same is checked.
 */
public final class ReportFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** F1 as the file has it and as its runs have it. */
    private static final double SAME = 1e-9;

    private final Path folder;
    private final Map<String, List<RunResult>> results = new HashMap<>();

    private ReportFolder(Path folder) {
        this.folder = folder;
    }

    /** Reads a folder; throws {@link InvalidInputException} with the file where it is no such thing. */
    public static StudyReport read(Path folder, Instant writtenAt) {
        return new ReportFolder(folder).report(writtenAt);
    }

    private StudyReport report(Instant writtenAt) {
        List<RunResult> all = readResults();
        all.forEach(result -> results.computeIfAbsent(result.getExperiment().getExperimentId(), id -> new ArrayList<>())
                .add(result));
        if (all.isEmpty()) {
            throw new InvalidInputException(folder.resolve("results.jsonl") + ": expected results of runs, found none");
        }
        List<Average> averages = averages(file("averages.csv"));
        Path controls = folder.resolve("controls.csv");
        Path sampling = folder.resolve("sampling.csv");
        String study = mostCommon(all, RunResult::getStudy);
        List<Formula> formulas = formulas(study);
        return new StudyReport(
                study,
                new Sources(
                        mostCommon(all, result -> result.getProvenance().getCorpus()),
                        mostCommon(all, result -> result.getProvenance().getVectors())),
                averages,
                Files.exists(controls) ? averages(controls) : List.of(),
                formulas,
                all,
                formulas.stream().map(Formula::getSpecification).toList(),
                Files.exists(sampling) ? SamplingCsv.read(sampling) : List.of(),
                writtenAt);
    }

    private Path file(String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw new InvalidInputException(folder
                    + ": expected a folder that farm run or farm report has written, found no " + name + " in it");
        }
        return file;
    }

    private List<RunResult> readResults() {
        Path file = file("results.jsonl");
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        List<RunResult> read = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                read.add(AvroJson.result(lines.get(i), file + ":" + (i + 1)));
            }
        }
        return read;
    }

    private List<Average> averages(Path file) {
        CsvTable csv = CsvTable.read(file);
        if (csv.rows() == 0) {
            return List.of();
        }
        String[] ids = csv.text("experiment");
        String[] complete = csv.text("complete");
        double[] means = csv.numbers("f1_mean");
        double[] runs = csv.numbers("runs");
        List<Average> averages = new ArrayList<>();
        for (int r = 0; r < ids.length; r++) {
            List<RunResult> of = results.getOrDefault(ids[r], List.of());
            if (of.isEmpty()) {
                throw new InvalidInputException(
                        file + ": experiment " + ids[r] + " has no run in results.jsonl beside it");
            }
            ExperimentSlots slots = ExperimentSlots.empty(of.get(0).getExperiment());
            for (RunResult result : of) {
                slots = slots.with(result, result.getFinishedAt());
            }
            Average average = slots.average();
            if (complete[r].equals("true")) {
                average = FormulaFit.asPlanned(average, (int) runs[r]);
            }
            if (Math.abs(average.getF1Mean() - means[r]) > SAME) {
                throw new InvalidInputException(file + ": experiment " + ids[r] + ": expected the mean F1 of its runs, "
                        + average.getF1Mean() + ", found " + means[r]);
            }
            averages.add(average);
        }
        return averages;
    }

    private List<Formula> formulas(String study) {
        Path file = file("formulas.json");
        return formulas(file, study);
    }

    /** Reads a {@code formulas.json}. */
    public static List<Formula> formulas(Path file, String study) {
        try {
            List<Formula> formulas = new ArrayList<>();
            for (JsonNode json : JSON.readTree(file.toFile())) {
                formulas.add(formula(json, study));
            }
            return formulas;
        } catch (IOException e) {
            throw new InvalidInputException(
                    file + ": expected formulas as farm run writes them, found " + e.getMessage(), e);
        } catch (NullPointerException | IllegalArgumentException | DateTimeException e) {
            throw new InvalidInputException(
                    file
                            + ": expected formulas as farm run writes them, found one without all of specification, target, features, rows, expression, latex, complexity and fittedAt",
                    e);
        }
    }

    private static Formula formula(JsonNode json, String study) {
        List<String> features = texts(json.get("features"));
        List<Candidate> front = new ArrayList<>();
        json.get("front").forEach(candidate -> front.add(candidate(candidate)));
        return Formula.newBuilder()
                .setStudy(study)
                .setSpecification(json.get("specification").asText())
                .setTarget(json.get("target").asText())
                .setFeatures(features)
                .setCondition(json.get("condition").asText())
                .setRows(json.get("rows").asInt())
                .setExperiments(texts(json.get("experiments")))
                .setSettled(true)
                .setBest(candidate(json))
                .setFront(front)
                .setSeed(json.get("seed").asLong())
                .setSeconds(json.get("seconds").asDouble())
                .setFittedAt(Instant.parse(json.get("fittedAt").asText()))
                .build();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Candidate candidate(JsonNode json) {
        return new Candidate(
                json.get("expression").asText(),
                json.get("latex").asText(),
                json.get("complexity").asInt(),
                number(json.get("trainMse")),
                number(json.get("testMse")),
                number(json.get("testR2")));
    }

    private static double number(JsonNode json) {
        return json.isNull() ? Double.NaN : json.asDouble();
    }

    private static String mostCommon(List<RunResult> results, Function<RunResult, String> what) {
        return results.stream()
                .collect(Collectors.groupingBy(what, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Comparator.comparing(Map.Entry::getValue))
                .orElseThrow()
                .getKey();
    }
}

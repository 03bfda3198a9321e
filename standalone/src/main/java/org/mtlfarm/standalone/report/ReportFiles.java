package org.mtlfarm.standalone.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.schemas.AveragesCsv;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.RunResult;

/**
 * A study's report in a folder: {@code averages.csv}, {@code controls.csv}, {@code formulas.json}, {@code results.jsonl}, {@code plots},
 * {@code report.html}. Each file is whole or absent.
 */
public final class ReportFiles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ReportFiles() {}

    /** Writes all files; returns the page. */
    public static Path write(Path folder, StudyReport report) {
        List<Law> laws = report.formulas().stream().map(Law::of).toList();
        List<Plot> plots = FactorPlots.of(report.averages(), laws);
        try {
            Files.createDirectories(folder.resolve("plots"));
            AveragesCsv.write(report.averages(), folder.resolve("averages.csv"));
            AveragesCsv.write(report.controls(), folder.resolve("controls.csv"));
            write(folder.resolve("formulas.json"), JSON.writeValueAsString(formulas(report.formulas())) + "\n");
            write(folder.resolve("results.jsonl"), results(report.results()));
            for (Plot plot : plots) {
                write(folder.resolve("plots").resolve(plot.name() + ".svg"), PlotSvg.file(plot));
            }
            Path page = folder.resolve("report.html");
            write(page, ReportPage.of(report, laws, plots));
            return page;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report into " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The formulas as {@code formulas.json} holds them. */
    public static ArrayNode formulas(List<Formula> formulas) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Formula formula : formulas) {
            ObjectNode json = list.addObject();
            json.put("specification", formula.getSpecification());
            json.put("target", formula.getTarget());
            ArrayNode features = json.putArray("features");
            formula.getFeatures().forEach(features::add);
            json.put("condition", formula.getCondition());
            json.put("rows", formula.getRows());
            put(json, formula.getBest());
            json.put("seed", formula.getSeed());
            json.put("seconds", formula.getSeconds());
            json.put("fittedAt", formula.getFittedAt().toString());
            ArrayNode front = json.putArray("front");
            formula.getFront().forEach(candidate -> put(front.addObject(), candidate));
            ArrayNode experiments = json.putArray("experiments");
            formula.getExperiments().forEach(experiments::add);
        }
        return list;
    }

    private static void put(ObjectNode json, Candidate candidate) {
        json.put("expression", candidate.getExpression());
        json.put("latex", candidate.getLatex());
        json.put("complexity", candidate.getComplexity());
        put(json, "trainMse", candidate.getTrainMse());
        put(json, "testMse", candidate.getTestMse());
        put(json, "testR2", candidate.getTestR2());
    }

    /** JSON has no way to say not-a-number but null. */
    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }

    /** A result a line, in Avro's JSON form. */
    private static String results(List<RunResult> results) {
        StringBuilder lines = new StringBuilder();
        for (RunResult result : results) {
            lines.append(AvroJson.line(result)).append('\n');
        }
        return lines.toString();
    }

    private static void write(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.writeString(unfinished, text, StandardCharsets.UTF_8);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}

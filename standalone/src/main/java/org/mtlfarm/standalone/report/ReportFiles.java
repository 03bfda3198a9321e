package org.mtlfarm.standalone.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import org.mtlfarm.schemas.AveragesCsv;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.FormulasJson;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.standalone.plot.Figure;

/**
 * A study's report in a folder: {@code averages.csv}, {@code controls.csv}, {@code sampling.csv} of an adaptive one, {@code formulas.json},
 * {@code results.jsonl}, {@code plots}, {@code tables}, {@code report.html}. Each file is whole or absent.
 */
public final class ReportFiles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ReportFiles() {}

    /** Writes all files; returns the page. */
    public static Path write(Path folder, StudyReport report, StudyFindings findings) {
        ReportFigures figures = ReportFigures.of(report, findings);
        try {
            Files.createDirectories(folder.resolve("plots"));
            Files.createDirectories(folder.resolve("tables"));
            AveragesCsv.write(report.averages(), folder.resolve("averages.csv"));
            AveragesCsv.write(report.controls(), folder.resolve("controls.csv"));
            Path sampling = folder.resolve("sampling.csv");
            if (report.sampling().isEmpty()) {
                // Of a study that was adaptive when the folder was last written.
                Files.deleteIfExists(sampling);
            } else {
                write(sampling, SamplingCsv.text(report.sampling()));
            }
            write(folder.resolve("formulas.json"), JSON.writeValueAsString(FormulasJson.of(report.formulas())) + "\n");
            write(folder.resolve("results.jsonl"), results(report.results()));
            for (Figure figure : figures.all()) {
                write(folder.resolve("plots").resolve(figure.name() + ".svg"), figure.svg());
                write(folder.resolve("plots").resolve(figure.name() + ".png"), figure.png());
            }
            for (Map.Entry<String, String> table :
                    LatexTables.of(report, findings).entrySet()) {
                write(folder.resolve("tables").resolve(table.getKey()), table.getValue());
            }
            Path page = folder.resolve("report.html");
            write(page, ReportPage.of(report, findings, figures));
            return page;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report into " + folder + ": " + e.getMessage(), e);
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
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.write(unfinished, bytes);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}

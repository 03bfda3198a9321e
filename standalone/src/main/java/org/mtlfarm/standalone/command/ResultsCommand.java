package org.mtlfarm.standalone.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AveragesCsv;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;

/** {@code farm results}. */
@Command(name = "results", description = "Read averages or single runs, as they stand or as they come.")
final class ResultsCommand implements Runnable {
    enum Format {
        CSV,
        JSON
    }

    enum What {
        AVERAGES,
        RUNS
    }

    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Spec
    private picocli.CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--format",
            defaultValue = "CSV",
            paramLabel = "FORMAT",
            description = "CSV, or JSON: one object a line (default ${DEFAULT-VALUE}).")
    private Format format;

    @Option(
            names = "--of",
            defaultValue = "AVERAGES",
            paramLabel = "WHAT",
            description = "${COMPLETION-CANDIDATES}; runs are JSON only (default ${DEFAULT-VALUE}).")
    private What what;

    @Option(names = "--runs", description = "The same as --of RUNS.")
    private boolean runs;

    @Option(names = "--follow", description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Override
    public void run() {
        if (runs) {
            what = What.RUNS;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (what == What.RUNS) {
            if (format == Format.CSV && given("--format")) {
                throw new InvalidInputException("--format: expected JSON with --of RUNS, found CSV");
            }
            read(Topics.RESULTS, RunResult.class, out, AvroJson::line);
            return;
        }
        if (format == Format.CSV && !output.json()) {
            out.println(AveragesCsv.header());
        }
        read(
                Topics.AVERAGES,
                Average.class,
                out,
                average -> format == Format.CSV && !output.json() ? AveragesCsv.row(average) : AvroJson.line(average));
    }

    private boolean given(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private <T extends org.apache.avro.specific.SpecificRecord> void read(
            Topics topic, Class<T> type, PrintWriter out, java.util.function.Function<T, String> line) {
        try (TopicReader<T> reader = TopicReader.open(topic, type, kafka.kafka())) {
            List<T> now = what == What.RUNS
                    ? reader.readToEnd().stream()
                            .map(TopicReader.Message::value)
                            .filter(Objects::nonNull)
                            .toList()
                    : List.copyOf(reader.readLatest().values());
            now.forEach(value -> out.println(line.apply(value)));
            out.flush();
            if (follow) {
                try (Shutdown shutdown = Shutdown.ownerCloses(reader::close)) {
                    reader.follow(message -> {
                        if (message.value() != null) {
                            out.println(line.apply(message.value()));
                            out.flush();
                        }
                    });
                    shutdown.endedWell();
                }
            }
        }
    }
}

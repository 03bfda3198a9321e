package org.mtlfarm.standalone.command;

import java.io.PrintWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Of every command: help, and lines for people. */
class Console {
    /** How logs are written: text, or a JSON object a line. */
    static final String LOG_VARIABLE = "FARM_LOG";

    private static final Logger LOG = LoggerFactory.getLogger("org.mtlfarm.farm");
    private static final boolean JSON_LOGS = "json".equals(System.getenv(LOG_VARIABLE));

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    final PrintWriter out() {
        return spec.root().commandLine().getOut();
    }

    /** A line for people, on standard error; where logs are JSON, one of these. */
    final void note(String line) {
        if (JSON_LOGS) {
            LOG.info(line);
            return;
        }
        PrintWriter err = spec.root().commandLine().getErr();
        err.println(line);
        err.flush();
    }
}

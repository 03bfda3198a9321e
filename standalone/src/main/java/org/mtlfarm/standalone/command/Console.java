package org.mtlfarm.standalone.command;

import java.io.PrintWriter;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Of every command: help, and lines for people. */
class Console {
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

    /** A line for people, on standard error. */
    final void note(String line) {
        PrintWriter err = spec.root().commandLine().getErr();
        err.println(line);
        err.flush();
    }
}

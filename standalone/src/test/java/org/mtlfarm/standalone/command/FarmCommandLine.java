package org.mtlfarm.standalone.command;

import java.util.Map;

import picocli.CommandLine;

/** The {@code farm} command for tests in other packages. */
public final class FarmCommandLine {
    private FarmCommandLine() {}

    public static CommandLine of(Map<String, String> environment) {
        return FarmCommand.commandLine(environment);
    }
}

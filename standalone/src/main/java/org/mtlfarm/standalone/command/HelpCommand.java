package org.mtlfarm.standalone.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code farm help}, {@code farm help COMMAND}, {@code farm help settings}. */
@Command(name = "help", description = "Help on a command, or all settings: farm help settings.")
final class HelpCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "A command, or 'settings'.")
    private String topic;

    @Override
    public void run() {
        CommandLine farm = spec.parent().commandLine();
        PrintWriter out = farm.getOut();
        if (topic == null) {
            farm.usage(out);
        } else if (topic.equals("settings")) {
            printSettings(farm, out);
        } else if (farm.getSubcommands().containsKey(topic)) {
            farm.getSubcommands().get(topic).usage(out);
        } else {
            throw new ParameterException(
                    spec.commandLine(),
                    "no command is named '" + topic + "'; there are "
                            + farm.getSubcommands().keySet());
        }
        out.flush();
    }

    /** Every option of every command once, with its environment variable and default. */
    private static void printSettings(CommandLine farm, PrintWriter out) {
        out.println("A setting comes from its flag, else from the environment, else it has its default.");
        out.println();
        Map<String, Map<OptionSpec, String>> byName = new TreeMap<>();
        farm.getSubcommands()
                .forEach((command, line) -> line.getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.hidden())
                        .forEach(option -> byName.computeIfAbsent(option.longestName(), name -> new LinkedHashMap<>())
                                .put(option, command)));
        byName.forEach((name, options) -> {
            OptionSpec first = options.keySet().iterator().next();
            String value = first.typeInfo().isBoolean() ? "" : " " + first.paramLabel();
            out.println(name + value + "    " + EnvironmentDefaults.variable(first));
            options.keySet().stream().map(HelpCommand::meaning).distinct().forEach(text -> out.println("    " + text));
            out.println("    in: " + String.join(", ", options.values()));
        });
    }

    private static String meaning(OptionSpec option) {
        String text = String.join(" ", option.description()).replace("${DEFAULT-VALUE}", "" + option.defaultValue());
        text = text.replace("%n", " ").replace("%%", "%");
        return text.contains("default")
                        || option.defaultValue() == null
                        || option.typeInfo().isBoolean()
                ? text
                : text + " (default " + option.defaultValue() + ")";
    }
}

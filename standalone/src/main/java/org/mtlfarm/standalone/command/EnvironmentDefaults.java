package org.mtlfarm.standalone.command;

import java.util.Locale;
import java.util.Map;

import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** An option that is not given takes its value from the environment: {@code --bootstrap-servers} from {@code FARM_BOOTSTRAP_SERVERS}. */
final class EnvironmentDefaults implements IDefaultValueProvider {
    private final Map<String, String> environment;

    private EnvironmentDefaults(Map<String, String> environment) {
        this.environment = environment;
    }

    static void apply(CommandLine line, Map<String, String> environment) {
        line.setDefaultValueProvider(new EnvironmentDefaults(environment));
        line.getSubcommands().values().forEach(sub -> apply(sub, environment));
    }

    /** Name of the variable that stands for an option. */
    static String variable(OptionSpec option) {
        return "FARM_"
                + option.longestName().replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        if (argument instanceof OptionSpec option && !option.usageHelp()) {
            String value = environment.get(variable(option));
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return argument.defaultValue();
    }
}

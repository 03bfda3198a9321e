package org.mtlfarm.standalone.command;

import java.util.Map;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import org.mtlfarm.schemas.AvroCodec;

/** The {@code farm} command. */
@Command(
        name = "farm",
        description = "Does multitask learning help, and by how much? Answers by experiment.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            SubmitCommand.class,
            StatusCommand.class,
            RetryCommand.class,
            CancelCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            ReconcileCommand.class,
            WorkerCommand.class,
            AggregatorCommand.class,
            RegressorCommand.class,
            BrokerCommand.class,
            ResultsCommand.class,
            ReportCommand.class,
            AskCommand.class,
            SchemasCommand.class,
            TrainCommand.class,
            RetrainCommand.class,
            SimulateCommand.class,
            CalibrateCommand.class,
            AmiCommand.class,
            ConllevalCommand.class,
            FitCommand.class,
            EvaluateCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 the work failed, 2 wrong usage or input.",
            "All settings: farm help settings"
        })
public final class FarmCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /**
     * The command line as {@link #main} runs it.
     *
     * @param environment where options that are not given are looked up
     */
    static CommandLine commandLine(Map<String, String> environment) {
        AvroCodec.trustMessages();
        CommandLine line = new CommandLine(new FarmCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setExecutionExceptionHandler(new OneLineErrors());
        line.setParameterExceptionHandler(new OneLineUsageErrors());
        EnvironmentDefaults.apply(line, environment);
        return line;
    }

    public static void main(String[] arguments) {
        String log = System.getenv().getOrDefault(Console.LOG_VARIABLE, "text");
        if (!log.equals("text") && !log.equals("json")) {
            System.err.println("farm: " + Console.LOG_VARIABLE + ": expected text or json, found '" + log + "'");
            System.exit(CommandLine.ExitCode.USAGE);
        }
        System.exit(commandLine(System.getenv()).execute(arguments));
    }
}

package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * A broker as a process that lives as long as its standard input: {@code BrokerMain DIRECTORY HOST PORT [SETTING=VALUE
 * ...]}. It says one line on standard output, {@code ready HOST:PORT} or {@code failed REASON}; whatever it logs goes to
 * standard error.
 */
final class BrokerMain {
    static final String READY = "ready ";
    static final String FAILED = "failed ";

    private BrokerMain() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answer = System.out;
        // Before any logger looks for it: nobody reads on after the answer, and a full pipe would stop the broker.
        System.setOut(System.err);
        BrokerSettings settings =
                BrokerSettings.in(Path.of(arguments[0])).onHost(arguments[1]).onPort(Integer.parseInt(arguments[2]));
        for (int i = 3; i < arguments.length; i++) {
            String[] setting = arguments[i].split("=", 2);
            settings = settings.with(setting[0], setting[1]);
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings)) {
            answer.println(READY + broker.bootstrapServers());
            while (System.in.read() >= 0) {
                // Only the end of the input, which is the end of the parent, says something.
            }
        } catch (BrokerFailedException e) {
            answer.println(FAILED + e.getMessage());
            System.exit(1);
        }
        // Kafka leaves threads behind after a failure of its own; nothing of theirs is worth waiting for.
        System.exit(0);
    }
}

package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import org.mtlfarm.http.AccessToken;
import org.mtlfarm.http.HttpFailedException;
import org.mtlfarm.http.HttpSettings;

/** Where a service serves HTTP, and to whom. */
final class HttpOptions {
    /** A port, or that there is to be none. */
    record Port(OptionalInt number) {}

    static final class PortConverter implements ITypeConverter<Port> {
        @Override
        public Port convert(String text) {
            if (text.equalsIgnoreCase("off")) {
                return new Port(OptionalInt.empty());
            }
            if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535) {
                return new Port(OptionalInt.of(Integer.parseInt(text)));
            }
            throw new TypeConversionException("expected a port, 0 for any free one, or off; found '" + text + "'");
        }
    }

    @Option(
            names = "--http-host",
            defaultValue = HttpSettings.LOOPBACK,
            paramLabel = "HOST",
            description =
                    "Address that HTTP is served on; one that other machines reach needs a token (default ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--http-port",
            converter = PortConverter.class,
            paramLabel = "PORT",
            description =
                    "Port that HTTP is served on; 0 any free one, off none (default 8471 for the aggregator, 8472 the regressor, 8473 a worker, 8474 the broker; if that is taken, any free one).")
    private Port port;

    @Option(
            names = "--http-token-file",
            paramLabel = "FILE",
            description =
                    "File with the token that requests must bear; or the token itself in the variable FARM_HTTP_TOKEN (default none).")
    private Path tokenFile;

    /** Never given as a flag, where every user of the machine could read it: its variable is its point. */
    @Option(names = "--http-token", hidden = true)
    private String token;

    @Option(
            names = "--http-without-token",
            description = "Serve without a token on an address that other machines reach.")
    private boolean withoutToken;

    @Option(
            names = "--http-allow-host",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Further names by which a server on loopback may be addressed, for example a reverse proxy's (default none).")
    private List<String> hosts = List.of();

    @Option(
            names = "--http-allow-origin",
            split = ",",
            paramLabel = "ORIGIN",
            description =
                    "Web pages' origins that may read the answers, for example https://notebook.example (default none).")
    private List<String> origins = List.of();

    @Option(
            names = "--http-streams",
            defaultValue = "2000",
            paramLabel = "N",
            description = "Event streams at a time (default ${DEFAULT-VALUE}).")
    private int streams;

    /**
     * Starts a server as was asked for.
     *
     * @param usualPort where none was given; if it is taken, any other will do
     * @return empty where none is wanted
     */
    <S> Optional<S> start(int usualPort, Function<HttpSettings, S> server) {
        if (port == null) {
            return Optional.of(onUsualPort(usualPort, server));
        }
        return port.number().isPresent()
                ? Optional.of(server.apply(settings(port.number().getAsInt())))
                : Optional.empty();
    }

    private <S> S onUsualPort(int usualPort, Function<HttpSettings, S> server) {
        try {
            return server.apply(settings(usualPort));
        } catch (HttpFailedException e) {
            // Two services on one machine, neither of which was told where to be: they shall not fight.
            return server.apply(settings(0));
        }
    }

    private HttpSettings settings(int number) {
        return HttpSettings.on(host, number, token(), withoutToken)
                .with(Set.copyOf(hosts), Set.copyOf(origins), streams);
    }

    private Optional<AccessToken> token() {
        if (tokenFile != null) {
            return Optional.of(AccessToken.in(tokenFile));
        }
        return Optional.ofNullable(token).map(text -> AccessToken.of(text, "FARM_HTTP_TOKEN"));
    }
}

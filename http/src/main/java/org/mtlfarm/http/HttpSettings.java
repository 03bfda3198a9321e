package org.mtlfarm.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Where a service serves HTTP, and to whom.
 *
 * @param host address or name to bind to; loopback unless there is a token or {@code withoutToken} says that it is wanted
 * @param port 0 for any free one
 * @param token what a request must bear; empty where none is asked for
 * @param withoutToken an address that others can reach may be bound to without a token
 * @param hosts names beside the machine's own loopback names by which a server on loopback may be addressed
 * @param origins web pages that may read the answers, for example {@code https://notebook.example}; browsers ask
 * @param mostStreams event streams at a time
 * @param heartbeat of an event stream on which nothing happens
 * @param idle after which a connection that takes or sends nothing is closed
 */
public record HttpSettings(
        String host,
        int port,
        Optional<AccessToken> token,
        boolean withoutToken,
        Set<String> hosts,
        Set<String> origins,
        int mostStreams,
        Duration heartbeat,
        Duration idle) {
    public static final String LOOPBACK = "127.0.0.1";

    public HttpSettings {
        hosts = Set.copyOf(hosts);
        origins = Set.copyOf(origins);
        if (port < 0 || port > 65_535) {
            throw new InvalidInputException("the HTTP port must be in [0, 65535], found " + port);
        }
        if (mostStreams < 1 || mostStreams > 100_000) {
            throw new InvalidInputException(
                    "the number of HTTP event streams must be in [1, 100000], found " + mostStreams);
        }
        if (heartbeat.compareTo(Duration.ofMillis(10)) < 0 || idle.compareTo(heartbeat) <= 0) {
            throw new InvalidInputException(
                    "the HTTP heartbeat must be at least 10 ms and less than the idle time, found "
                            + heartbeat.toMillis() + " ms and " + idle.toMillis() + " ms");
        }
        for (String origin : origins) {
            if (!origin.matches("https?://[^/?#\\s,]+")) {
                throw new InvalidInputException(
                        "an origin that may read must be like https://HOST or http://HOST:PORT, found \"" + origin
                                + "\"");
            }
        }
        if (!isLoopback(host) && token.isEmpty() && !withoutToken) {
            throw new InvalidInputException("HTTP on " + host + " can be reached from other machines: give a token"
                    + " (--http-token-file, or the variable FARM_HTTP_TOKEN), or say --http-without-token");
        }
    }

    /** On loopback at any free port, without a token. */
    public static HttpSettings local() {
        return on(LOOPBACK, 0, Optional.empty(), false);
    }

    public static HttpSettings on(String host, int port, Optional<AccessToken> token, boolean withoutToken) {
        return new HttpSettings(
                host,
                port,
                token,
                withoutToken,
                Set.of(),
                Set.of(),
                2_000,
                Duration.ofSeconds(15),
                Duration.ofSeconds(40));
    }

    /** Whether only this machine reaches it. */
    boolean isLoopback() {
        return isLoopback(host);
    }

    /** The same with other names, origins and number of streams. */
    public HttpSettings with(Set<String> names, Set<String> pages, int streams) {
        return new HttpSettings(host, port, token, withoutToken, names, pages, streams, heartbeat, idle);
    }

    /** The same with other times. */
    public HttpSettings with(Duration newHeartbeat, Duration newIdle) {
        return new HttpSettings(host, port, token, withoutToken, hosts, origins, mostStreams, newHeartbeat, newIdle);
    }

    /** Whether a server on loopback may be addressed by this name: anything else is a page that has rebound its name to us. */
    boolean isOwnName(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        return plain.equals("localhost")
                || plain.endsWith(".localhost")
                || plain.equals("[::1]")
                || plain.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
                || plain.equals(host.toLowerCase(Locale.ROOT))
                || hosts.stream().anyMatch(plain::equalsIgnoreCase);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new InvalidInputException(
                    "the HTTP host must be an address or name of this machine, found \"" + host + "\"");
        }
    }
}

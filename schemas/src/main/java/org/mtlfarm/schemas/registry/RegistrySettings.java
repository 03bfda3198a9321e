package org.mtlfarm.schemas.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * How to reach a schema registry that answers Confluent's REST calls.
 *
 * @param urls of one registry, the preferred first; without user and password, and without a slash at their ends
 * @param authorization the HTTP header of that name; a secret
 * @param compatibility that the farm's subjects get
 * @param requestTimeout for one answer, its body included
 * @param patience for how long a call is repeated that fails for a reason that may pass
 */
public record RegistrySettings(
        List<URI> urls,
        Optional<String> authorization,
        Compatibility compatibility,
        Duration requestTimeout,
        Duration patience) {
    public RegistrySettings {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new InvalidInputException("a schema registry needs a URL");
        }
        if (requestTimeout.toMillis() < 1 || patience.isNegative()) {
            throw new IllegalArgumentException("requestTimeout must be at least 1 ms and patience not negative, were "
                    + requestTimeout + " and " + patience);
        }
    }

    /**
     * A registry by its URL; several of one registry separated by commas. {@code http://user:password@host:8081} is basic
     * authentication; percent signs in user and password are as in any URL.
     */
    public static RegistrySettings of(String text) {
        List<URI> urls = new ArrayList<>();
        Optional<String> authorization = Optional.empty();
        for (String one : text.split(",", -1)) {
            URI given = parse(one.strip());
            if (given.getUserInfo() != null) {
                authorization = Optional.of("Basic "
                        + Base64.getEncoder().encodeToString(given.getUserInfo().getBytes(StandardCharsets.UTF_8)));
            }
            urls.add(withoutUser(given));
        }
        return new RegistrySettings(
                urls, authorization, Compatibility.FULL_TRANSITIVE, Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    /** With a bearer token. */
    public RegistrySettings withToken(String token) {
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new InvalidInputException("a schema registry's token must be printable ASCII without blanks");
        }
        return new RegistrySettings(urls, Optional.of("Bearer " + token), compatibility, requestTimeout, patience);
    }

    public RegistrySettings with(Compatibility chosen) {
        return new RegistrySettings(urls, authorization, chosen, requestTimeout, patience);
    }

    public RegistrySettings withPatience(Duration forOneAnswer, Duration forAll) {
        return new RegistrySettings(urls, authorization, compatibility, forOneAnswer, forAll);
    }

    /** The URLs as people may see them. */
    public String address() {
        return urls.stream().map(URI::toString).collect(Collectors.joining(","));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "RegistrySettings[" + address() + (authorization.isPresent() ? ", with authorization" : "") + ", "
                + compatibility + "]";
    }

    /** What cannot be parsed is not shown: it may hold a password. */
    private static URI parse(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidInputException("expected a schema registry's URL, http://HOST:PORT, found text with "
                    + e.getReason().toLowerCase(java.util.Locale.ROOT) + " at position " + (e.getIndex() + 1));
        }
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
            throw new InvalidInputException("expected a schema registry's URL, http://HOST:PORT or https://HOST/PATH,"
                    + " found " + (text.contains("@") ? "another one, of " + text.length() + " characters" : text));
        }
        return url;
    }

    private static URI withoutUser(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
        return URI.create(
                url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()) + path);
    }
}

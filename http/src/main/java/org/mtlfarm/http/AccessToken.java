package org.mtlfarm.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * The secret that a request must bear: {@code Authorization: Bearer TOKEN}, or as the password of basic authentication,
 * which is what browsers ask for. Never printed.
 */
public final class AccessToken {
    private static final int FEWEST = 16;

    private final String secret;
    private final byte[] digest;

    private AccessToken(String secret) {
        this.secret = secret;
        this.digest = digest(secret);
    }

    /**
     * A token from where its text was given.
     *
     * @param where for the message; the text itself is not told
     */
    public static AccessToken of(String text, String where) {
        String secret = text.strip();
        if (!secret.matches("[\\x21-\\x7e]{" + FEWEST + ",1000}")) {
            throw new InvalidInputException(where + ": expected a token of " + FEWEST
                    + " to 1000 visible ASCII characters without spaces, found " + secret.length()
                    + " characters or others than these");
        }
        return new AccessToken(secret);
    }

    /** One that nobody knows yet. */
    static AccessToken random() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return new AccessToken(Base64.getUrlEncoder().encodeToString(bytes));
    }

    String secret() {
        return secret;
    }

    /** The token that is a file's one line. */
    public static AccessToken in(Path file) {
        try {
            return of(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new InvalidInputException(
                    "expected a file that holds the HTTP token, found " + file + ": "
                            + e.getClass().getSimpleName(),
                    e);
        }
    }

    /** The value of the header {@code Authorization} that bears it. */
    public String bearer() {
        return "Bearer " + secret;
    }

    /** Whether that header's value bears it; takes the same time however much of a wrong token is right. */
    boolean isBorneBy(String authorization) {
        if (authorization == null) {
            return false;
        }
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? "" : authorization.substring(0, space);
        String credentials = authorization.substring(space + 1).strip();
        if (scheme.equalsIgnoreCase("Bearer")) {
            return MessageDigest.isEqual(digest, digest(credentials));
        }
        return scheme.equalsIgnoreCase("Basic") && MessageDigest.isEqual(digest, digest(password(credentials)));
    }

    @Override
    public String toString() {
        return "AccessToken";
    }

    private static String password(String credentials) {
        try {
            String pair = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}

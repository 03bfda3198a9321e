package org.mtlfarm.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

import io.javalin.http.Context;

/** Answers compressed for who takes that. */
public final class Gzip {
    /** What is shorter fits in a packet or two anyway. */
    private static final int LEAST = 1_000;

    private Gzip() {}

    /** Answers with these bytes, compressed if that is worth it and the client reads it. */
    public static void answer(Context request, byte[] content) {
        request.header("Vary", "Accept-Encoding");
        if (content.length < LEAST || !isTaken(request.header("Accept-Encoding"))) {
            request.result(content);
            return;
        }
        request.header("Content-Encoding", "gzip");
        request.result(compressed(content));
    }

    static byte[] compressed(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 3);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
        return out.toByteArray();
    }

    /** Whether an {@code Accept-Encoding} names gzip with a weight above 0. */
    static boolean isTaken(String accepted) {
        if (accepted == null) {
            return false;
        }
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",")) {
            String[] coding = part.strip().split("\\s*;\\s*q\\s*=\\s*", 2);
            if (coding[0].equals("gzip")) {
                return coding.length == 1 || !coding[1].matches("0(\\.0*)?");
            }
        }
        return false;
    }
}

package org.mtlfarm.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.javalin.http.Context;

/** Bytes that do not change while the process lives, with a tag by which a client need not fetch them twice. */
public final class StaticFile {
    private final byte[] content;
    /** Null where it would not be shorter: fonts are compressed already. */
    private final byte[] compressed;

    private final String tag;

    public StaticFile(byte[] content) {
        this.content = content.clone();
        byte[] shorter = Gzip.compressed(content);
        this.compressed = shorter.length < content.length * 0.9 ? shorter : null;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            this.tag = '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    static StaticFile read(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no file " + name + " beside " + beside.getName());
            }
            return new StaticFile(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }

    public void answer(Context request) {
        request.header("Cache-Control", "no-cache");
        request.header("ETag", tag);
        String held = request.header("If-None-Match");
        if (held != null && (held.strip().equals("*") || held.contains(tag))) {
            request.status(304);
        } else {
            request.header("Vary", "Accept-Encoding");
            boolean shorter = compressed != null && Gzip.isTaken(request.header("Accept-Encoding"));
            if (shorter) {
                request.header("Content-Encoding", "gzip");
            }
            request.result(shorter ? compressed : content);
        }
    }
}

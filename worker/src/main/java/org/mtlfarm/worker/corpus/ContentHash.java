package org.mtlfarm.worker.corpus;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What names content: SHA-256 over numbers (4 bytes, big-endian) and texts (their length in UTF-8 bytes, then these), so
 * that different contents never give the same bytes.
 */
public final class ContentHash {
    private static final String CORPUS_FORM = "mtl-farm corpus 1";
    private static final String TOKENS_FORM = "mtl-farm corpus 1 tokens";
    private static final String TEXT_FORM = "mtl-farm text 1";

    private final MessageDigest digest;
    private final ByteBuffer number = ByteBuffer.allocate(Integer.BYTES);

    /**
     * Begins a hash.
     *
     * @param form what is hashed and in which version of its form
     */
    public ContentHash(String form) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
        add(form);
    }

    /**
     * SHA-256, in hex, of a corpus: words, tags (training IO, scored parts IOB2) and sentence starts of its three parts.
     * File names, line ends, columns other than these two, and the scheme that spans were written in change nothing.
     */
    public static String of(Corpus corpus) {
        ContentHash hash = new ContentHash(corpus.spans() ? CORPUS_FORM : TOKENS_FORM);
        hash.add(corpus.train());
        hash.add(corpus.dev());
        hash.add(corpus.test());
        return hash.hex();
    }

    /** SHA-256, in hex, of a text: words, tags and sentence starts; and of the hash of its words' vectors. */
    public static String of(TaggedText text, String vectorsHash) {
        ContentHash hash = new ContentHash(TEXT_FORM);
        hash.add(text);
        hash.add(vectorsHash);
        return hash.hex();
    }

    public void add(int value) {
        digest.update(number.putInt(0, value).array());
    }

    public void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        digest.update(bytes);
    }

    /** The hash in hex, 64 letters; the object is used up. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void add(TaggedText text) {
        add(text.tokens());
        for (int i = 0; i < text.tokens(); i++) {
            add(text.words()[i]);
            add(text.tags()[i]);
        }
        add(text.sentences());
        for (int start : text.sentenceStarts()) {
            add(start);
        }
    }
}

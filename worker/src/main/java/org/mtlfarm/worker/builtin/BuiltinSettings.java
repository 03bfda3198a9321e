package org.mtlfarm.worker.builtin;

import java.util.List;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * How much built-in text to generate, and which. Each part ends with the sentence in which it reaches its size; a larger
 * size only appends.
 *
 * @param trainTokens least tokens of the training part
 * @param devTokens least tokens of the development part
 * @param testTokens least tokens of the test part
 * @param seed of the text; the language (words, names, vectors) is the same for every seed
 */
public record BuiltinSettings(int trainTokens, int devTokens, int testTokens, long seed) {
    /** What a corpus is called that is generated, with settings behind a colon: {@code builtin:tokens=60000,seed=7}. */
    public static final String NAME = "builtin";

    private static final int MOST_TOKENS = 20_000_000;
    private static final BuiltinSettings DEFAULTS = new BuiltinSettings(60_000, 5_000, 20_000, 1);

    public BuiltinSettings {
        check("tokens", trainTokens);
        check("dev", devTokens);
        check("test", testTokens);
    }

    public static BuiltinSettings defaults() {
        return DEFAULTS;
    }

    /** Whether a corpus of this name is generated rather than read from files. */
    public static boolean names(String corpus) {
        return corpus.equals(NAME) || corpus.startsWith(NAME + ":");
    }

    /**
     * Settings from a name such as {@code builtin} or {@code builtin:tokens=60000,dev=5000,test=20000,seed=7}; what is not
     * given has its default.
     *
     * @throws InvalidInputException if the name is not of that form
     */
    public static BuiltinSettings parse(String corpus) {
        if (!names(corpus)) {
            throw new InvalidInputException(
                    "a built-in corpus is named builtin or builtin:tokens=N,seed=S, found '" + corpus + "'");
        }
        if (corpus.equals(NAME)) {
            return DEFAULTS;
        }
        int train = DEFAULTS.trainTokens;
        int dev = DEFAULTS.devTokens;
        int test = DEFAULTS.testTokens;
        long seed = DEFAULTS.seed;
        for (String setting : corpus.substring(NAME.length() + 1).split(",", -1)) {
            String[] parts = setting.split("=", -1);
            String key = parts[0].strip();
            if (parts.length != 2 || !List.of("tokens", "dev", "test", "seed").contains(key)) {
                throw new InvalidInputException("in corpus '" + corpus
                        + "': expected tokens=, dev=, test= or seed= with a number, found '" + setting + "'");
            }
            long value = number(corpus, parts[1].strip());
            switch (key) {
                case "tokens" -> train = tokens(key, value);
                case "dev" -> dev = tokens(key, value);
                case "test" -> test = tokens(key, value);
                default -> seed = value;
            }
        }
        return new BuiltinSettings(train, dev, test, seed);
    }

    /** The name that {@link #parse} reads these settings from, in full unless they are the defaults. */
    public String name() {
        return equals(DEFAULTS)
                ? NAME
                : NAME + ":tokens=" + trainTokens + ",dev=" + devTokens + ",test=" + testTokens + ",seed=" + seed;
    }

    private static long number(String corpus, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    "in corpus '" + corpus + "': expected a whole number, found '" + text + "'", e);
        }
    }

    private static int tokens(String key, long value) {
        check(key, value);
        return (int) value;
    }

    private static void check(String key, long tokens) {
        if (tokens < 1 || tokens > MOST_TOKENS) {
            throw new InvalidInputException(
                    "corpus builtin: " + key + " must be 1 to " + MOST_TOKENS + ", was " + tokens);
        }
    }
}

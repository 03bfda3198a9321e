package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A sentence being written: words with the type of the name they belong to, and where names begin. */
final class Sentence {
    private static final String OUTSIDE = "O";

    private final List<String> words = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<Boolean> begins = new ArrayList<>();
    private String type = OUTSIDE;
    private boolean nameBegins;

    void beginName(String nameType) {
        if (!type.equals(OUTSIDE)) {
            throw new IllegalStateException("a name of type " + nameType + " inside one of type " + type);
        }
        type = nameType;
        nameBegins = true;
    }

    void endName() {
        type = OUTSIDE;
        nameBegins = false;
    }

    /** The first word of a sentence is written with a capital. */
    void add(String word) {
        words.add(words.isEmpty() ? capitalised(word) : word);
        types.add(type);
        begins.add(nameBegins);
        nameBegins = false;
    }

    int length() {
        return words.size();
    }

    String word(int position) {
        return words.get(position);
    }

    /** {@code O} or the type of the name that the word belongs to. */
    String type(int position) {
        return types.get(position);
    }

    String tagInIo(int position) {
        return type(position).equals(OUTSIDE) ? OUTSIDE : "I-" + type(position);
    }

    String tagInIob2(int position) {
        return type(position).equals(OUTSIDE) ? OUTSIDE : (begins.get(position) ? "B-" : "I-") + type(position);
    }

    static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}

package org.mtlfarm.worker.vectors;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * The forms under which a corpus's words are looked up in a file: each word as it is and, if the file does not have it so,
 * in lower case. A form is named by its position.
 */
final class WordForms {
    /** Result of {@link #find}: not a form of any word. */
    static final int ABSENT = WantedWords.ABSENT;

    private final List<String> words;
    private final List<String> forms;
    private final WantedWords index;

    WordForms(Set<String> words) {
        // Rows in the order of the words: the table does not depend on the order of the set given.
        this.words = words.stream().sorted().toList();
        Set<String> distinct = new LinkedHashSet<>(this.words);
        this.words.forEach(word -> distinct.add(word.toLowerCase(Locale.ROOT)));
        this.forms = List.copyOf(distinct);
        this.index = new WantedWords(forms);
    }

    int count() {
        return forms.size();
    }

    String form(int position) {
        return forms.get(position);
    }

    /** Position of the form in those bytes of UTF-8; {@link #ABSENT} if it is none. */
    int find(byte[] buffer, int start, int end) {
        return index.find(buffer, start, end);
    }

    /**
     * Gives every word the row of a form: as it is, else in lower case, else as it is from its parts. Words of one form
     * share its row.
     *
     * @param inFile whether the file has the form
     * @param composed whether a form that the file does not have can be made from its parts
     */
    Rows rows(IntPredicate inFile, IntPredicate composed) {
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < forms.size(); i++) {
            positions.put(forms.get(i), i);
        }
        Map<String, Integer> rows = new HashMap<>();
        int[] rowOf = new int[forms.size()];
        int[] forms = new int[1 + this.forms.size()];
        int next = 1;
        int exact = 0;
        int lowerCased = 0;
        for (String word : words) {
            int position = positions.get(word);
            int lower = positions.get(word.toLowerCase(Locale.ROOT));
            if (inFile.test(position)) {
                exact++;
            } else if (inFile.test(lower)) {
                lowerCased++;
                position = lower;
            } else if (!composed.test(position)) {
                continue;
            }
            if (rowOf[position] == 0) {
                forms[next] = position;
                rowOf[position] = next++;
            }
            rows.put(word, rowOf[position]);
        }
        return new Rows(rows, Arrays.copyOf(forms, next), exact, lowerCased);
    }

    /**
     * The rows of a table of vectors.
     *
     * @param byWord row of each word that has a vector
     * @param forms [rows], position of the form whose vector belongs there; row 0 belongs to none
     * @param exact words that the file has as they are
     * @param lowerCased words that it has in lower case alone
     */
    record Rows(Map<String, Integer> byWord, int[] forms, int exact, int lowerCased) {
        int composed() {
            return byWord.size() - exact - lowerCased;
        }

        /** A table of zeros. */
        float[] table(String file, int dimension) {
            long numbers = (long) forms.length * dimension;
            if (numbers > Integer.MAX_VALUE - 8) {
                throw new InvalidInputException(file + ": expected vectors of at most " + Integer.MAX_VALUE
                        + " numbers together, found " + (forms.length - 1) + " words of " + dimension);
            }
            return new float[(int) numbers];
        }
    }
}

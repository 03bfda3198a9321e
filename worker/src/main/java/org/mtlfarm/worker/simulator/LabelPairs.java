package org.mtlfarm.worker.simulator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.corpus.Utf8Lines;

/**
 * Two labellings of the same tokens.
 *
 * @param u [tokens], labels numbered in the order in which they occur
 * @param v [tokens], likewise
 */
public record LabelPairs(int[] u, int[] v) {
    private static final Pattern SEPARATORS = Pattern.compile("\\s*[,;]\\s*|\\s+");

    /**
     * Reads a file with two labels in each line, parted by blanks, a comma or a semicolon; blank lines mean nothing.
     *
     * @throws InvalidInputException if a line does not have two, or the file none
     */
    public static LabelPairs read(Path file) {
        List<Integer> u = new ArrayList<>();
        List<Integer> v = new ArrayList<>();
        Map<String, Integer> numbersU = new HashMap<>();
        Map<String, Integer> numbersV = new HashMap<>();
        Utf8Lines.read(file, (number, line) -> {
            if (line.isBlank()) {
                return;
            }
            String[] fields = SEPARATORS.split(line.strip(), -1);
            if (fields.length != 2 || fields[0].isEmpty() || fields[1].isEmpty()) {
                throw new InvalidInputException(
                        file + ":" + number + ": expected two labels, found " + fields.length + ": " + line.strip());
            }
            u.add(numberOf(fields[0], numbersU));
            v.add(numberOf(fields[1], numbersV));
        });
        if (u.isEmpty()) {
            throw new InvalidInputException(file + ": expected lines of two labels, found an empty file");
        }
        return new LabelPairs(array(u), array(v));
    }

    private static int numberOf(String label, Map<String, Integer> numbers) {
        int next = numbers.size();
        return numbers.computeIfAbsent(label, unseen -> next);
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}

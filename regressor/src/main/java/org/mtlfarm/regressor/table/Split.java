package org.mtlfarm.regressor.table;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which rows train and which are held out: a tenth, at least two (of fewer than eight rows one), drawn by the seed. Depends on the rows (their number, and
 * their groups where given) and the seed alone, so that a fit, an evaluation and the service judge on the same rows.
 *
 * @param training row numbers, ascending
 * @param heldOut row numbers, ascending
 */
public record Split(int[] training, int[] heldOut) {
    /** One row in so many is held out. */
    private static final int PART = 10;
    /** From so many rows on two are held out at least: of one alone there is no coefficient of determination. */
    private static final int ENOUGH_FOR_TWO = 8;

    /** The split of a table: whole groups where it has them. */
    public static Split of(Table table, long seed) {
        return table.groups() == null ? of(table.rows(), seed) : of(table.groups(), seed);
    }

    /** The split of so many rows without groups. */
    public static Split of(int rows, long seed) {
        int[] order = shuffled(rows, seed);
        int heldOut = wanted(rows);
        return new Split(sorted(order, heldOut, rows), sorted(order, 0, heldOut));
    }

    /** Groups, in the order of the seed, are held out until they make a tenth of the rows; at least one trains. */
    private static Split of(String[] groups, long seed) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        int[] sizes = new int[groups.length];
        int[] group = new int[groups.length];
        for (int r = 0; r < groups.length; r++) {
            Integer number = numbers.putIfAbsent(groups[r], numbers.size());
            group[r] = number == null ? numbers.size() - 1 : number;
            sizes[group[r]]++;
        }
        boolean[] out = new boolean[numbers.size()];
        int wanted = wanted(groups.length);
        int taken = 0;
        int[] order = shuffled(numbers.size(), seed);
        for (int g = 0; g < order.length - 1 && taken < wanted; g++) {
            out[order[g]] = true;
            taken += sizes[order[g]];
        }
        int[] training = new int[groups.length - taken];
        int[] heldOut = new int[taken];
        int t = 0;
        int h = 0;
        for (int r = 0; r < groups.length; r++) {
            if (out[group[r]]) {
                heldOut[h++] = r;
            } else {
                training[t++] = r;
            }
        }
        return new Split(training, heldOut);
    }

    /**
     * Splits that hold out each row once: as many as are asked for, if there are as many rows, or groups where the table has
     * them.
     */
    public static List<Split> folds(Table table, int folds, long seed) {
        String[] groups = table.groups() != null
                ? table.groups()
                : IntStream.range(0, table.rows()).mapToObj(Integer::toString).toArray(String[]::new);
        List<String> units = Arrays.stream(groups).distinct().toList();
        int count = Math.min(folds, units.size());
        int[] order = shuffled(units.size(), seed);
        Map<String, Integer> fold = new HashMap<>();
        for (int i = 0; i < order.length; i++) {
            fold.put(units.get(order[i]), i % count);
        }
        return IntStream.range(0, count)
                .mapToObj(f -> new Split(
                        IntStream.range(0, groups.length)
                                .filter(r -> fold.get(groups[r]) != f)
                                .toArray(),
                        IntStream.range(0, groups.length)
                                .filter(r -> fold.get(groups[r]) == f)
                                .toArray()))
                .toList();
    }

    private static int wanted(int rows) {
        int least = rows < 2 ? 0 : rows < ENOUGH_FOR_TWO ? 1 : 2;
        return Math.max(least, (int) Math.round((double) rows / PART));
    }

    private static int[] shuffled(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] part = Arrays.copyOfRange(order, from, to);
        Arrays.sort(part);
        return part;
    }
}

package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.mtlfarm.worker.corpus.TaggedText;

/**
 * Labels text of the built-in language as nobody can who does not know its grammar: it sums the probability of every way in
 * which the grammar writes a sentence, and gives each token the label with the largest posterior. It knows the words of every
 * list, never sees vectors, and takes sentences to be independent draws (that one of several candidates was kept is left out).
 *
 * <p>Inside and outside probabilities as in Baker's algorithm, over the grammar's tree: {@code inside(p, i, j)} is the
 * probability that phrase p writes words i to j, {@code outside(p, i, j)} that of all that stands round it.
 */
final class SentenceOracle {
    private final List<Phrase> phrases = new ArrayList<>();
    private final Map<Phrase, Integer> numbers = new IdentityHashMap<>();
    private final Map<WordList, Map<String, Double>> probabilities = new IdentityHashMap<>();
    private final Map<WordList, Map<String, Double>> probabilitiesOfFirst = new IdentityHashMap<>();
    private final List<String> labels;

    private String[] words;
    private double[][][] inside;

    SentenceOracle(Phrase grammar, List<String> labels) {
        this.labels = labels;
        number(grammar);
    }

    /** Types a token ({@code O} or a type's name), [tokens]. */
    String[] label(TaggedText text) {
        String[] types = new String[text.tokens()];
        for (int sentence = 0; sentence < text.sentences(); sentence++) {
            int from = text.sentenceStarts()[sentence];
            int to = sentence + 1 < text.sentences() ? text.sentenceStarts()[sentence + 1] : text.tokens();
            words = new String[to - from];
            System.arraycopy(text.words(), from, words, 0, words.length);
            double[][] posterior = posterior();
            for (int position = 0; position < words.length; position++) {
                types[from + position] = labels.get(largest(posterior[position]));
            }
        }
        return types;
    }

    /** Children before parents; a phrase that occurs in several places has one number. */
    private void number(Phrase phrase) {
        if (numbers.containsKey(phrase)) {
            return;
        }
        if (phrase instanceof Phrase.Sequence sequence) {
            sequence.parts().forEach(this::number);
        } else if (phrase instanceof Phrase.Choice choice) {
            choice.options().forEach(this::number);
        } else if (phrase instanceof Phrase.Name name) {
            number(name.body());
        } else if (phrase instanceof Phrase.Word word) {
            probabilities.computeIfAbsent(word.list(), list -> table(list, false));
            probabilitiesOfFirst.computeIfAbsent(word.list(), list -> table(list, true));
        }
        numbers.put(phrase, phrases.size());
        phrases.add(phrase);
    }

    private static Map<String, Double> table(WordList list, boolean first) {
        Map<String, Double> table = new HashMap<>();
        for (int rank = 0; rank < list.size(); rank++) {
            String word = first ? Sentence.capitalised(list.word(rank)) : list.word(rank);
            table.merge(word, list.probability(rank), Double::sum);
        }
        return table;
    }

    /** Probabilities of the labels, [words, labels]. */
    private double[][] posterior() {
        inside = new double[phrases.size()][words.length + 1][];
        double[][][] outside = new double[phrases.size()][][];
        int root = phrases.size() - 1;
        double evidence = inside(root, 0)[words.length];
        if (!(evidence > 0)) {
            throw new IllegalStateException("the grammar cannot write: " + String.join(" ", words));
        }
        outside[root] = new double[words.length + 1][];
        outside[root][0] = new double[words.length + 1];
        outside[root][0][words.length] = 1 / evidence;
        double[][] posterior = new double[words.length][labels.size()];
        for (int phrase = root; phrase >= 0; phrase--) {
            if (outside[phrase] != null) {
                for (int from = 0; from <= words.length; from++) {
                    if (outside[phrase][from] != null) {
                        passDown(phrases.get(phrase), from, outside[phrase][from], outside, posterior);
                    }
                }
            }
        }
        for (double[] token : posterior) {
            token[0] = 1;
            for (int label = 1; label < token.length; label++) {
                token[0] -= token[label];
            }
        }
        return posterior;
    }

    /** Probability of a phrase to write the words from a position to each end, [words + 1]. */
    private double[] inside(int number, int from) {
        double[] known = inside[number][from];
        if (known != null) {
            return known;
        }
        double[] ends = new double[words.length + 1];
        Phrase phrase = phrases.get(number);
        if (phrase instanceof Phrase.Word word) {
            if (from < words.length) {
                ends[from + 1] = (from == 0 ? probabilitiesOfFirst : probabilities)
                        .get(word.list())
                        .getOrDefault(words[from], 0.0);
            }
        } else if (phrase instanceof Phrase.Name name) {
            ends = inside(numbers.get(name.body()), from);
        } else if (phrase instanceof Phrase.Choice choice) {
            for (int option = 0; option < choice.options().size(); option++) {
                double[] part = inside(numbers.get(choice.options().get(option)), from);
                for (int to = from; to <= words.length; to++) {
                    ends[to] += choice.shares().get(option) * part[to];
                }
            }
        } else if (phrase instanceof Phrase.Sequence sequence) {
            ends[from] = 1;
            for (Phrase part : sequence.parts()) {
                ends = forward(ends, numbers.get(part));
            }
        }
        inside[number][from] = ends;
        return ends;
    }

    private double[] forward(double[] starts, int part) {
        double[] ends = new double[words.length + 1];
        for (int start = 0; start <= words.length; start++) {
            if (starts[start] > 0) {
                double[] reached = inside(part, start);
                for (int end = start; end <= words.length; end++) {
                    ends[end] += starts[start] * reached[end];
                }
            }
        }
        return ends;
    }

    private void passDown(Phrase phrase, int from, double[] around, double[][][] outside, double[][] posterior) {
        if (phrase instanceof Phrase.Choice choice) {
            for (int option = 0; option < choice.options().size(); option++) {
                add(
                        outside,
                        choice.options().get(option),
                        from,
                        around,
                        choice.shares().get(option));
            }
        } else if (phrase instanceof Phrase.Name name) {
            double[] ends = inside(numbers.get(phrase), from);
            for (int to = from + 1; to <= words.length; to++) {
                for (int position = from; position < to; position++) {
                    posterior[position][labels.indexOf(name.type())] += ends[to] * around[to];
                }
            }
        } else if (phrase instanceof Phrase.Sequence sequence
                && !sequence.parts().isEmpty()) {
            List<double[]> before = new ArrayList<>();
            double[] starts = new double[words.length + 1];
            starts[from] = 1;
            for (Phrase part : sequence.parts()) {
                before.add(starts);
                starts = forward(starts, numbers.get(part));
            }
            double[] after = around;
            for (int part = sequence.parts().size() - 1; part >= 0; part--) {
                double[] earlier = new double[words.length + 1];
                int number = numbers.get(sequence.parts().get(part));
                for (int start = 0; start <= words.length; start++) {
                    if (before.get(part)[start] > 0) {
                        add(outside, sequence.parts().get(part), start, after, before.get(part)[start]);
                        double[] reached = inside(number, start);
                        for (int end = start; end <= words.length; end++) {
                            earlier[start] += reached[end] * after[end];
                        }
                    }
                }
                after = earlier;
            }
        }
    }

    /** Adds to what stands round a part, where the part can be at all. */
    private void add(double[][][] outside, Phrase part, int from, double[] around, double factor) {
        int number = numbers.get(part);
        double[] possible = inside(number, from);
        boolean any = false;
        for (int to = from; to <= words.length; to++) {
            any |= possible[to] > 0 && around[to] > 0;
        }
        if (!any) {
            return;
        }
        if (outside[number] == null) {
            outside[number] = new double[words.length + 1][];
        }
        if (outside[number][from] == null) {
            outside[number][from] = new double[words.length + 1];
        }
        for (int to = from; to <= words.length; to++) {
            outside[number][from][to] += factor * around[to];
        }
    }

    private static int largest(double[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[largest]) {
                largest = i;
            }
        }
        return largest;
    }
}

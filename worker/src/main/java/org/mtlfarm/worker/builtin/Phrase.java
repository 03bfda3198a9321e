package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.worker.random.SplitMix64;

/**
 * A piece of the grammar: a tree without loops, so that a sentence is one walk from the root and its probability can be
 * summed over all walks.
 */
sealed interface Phrase {
    /** Appends words to a sentence. */
    void write(SplitMix64 random, Sentence sentence);

    /** One word from a list; part of a name if it lies inside a {@link Name}. */
    record Word(WordList list) implements Phrase {
        @Override
        public void write(SplitMix64 random, Sentence sentence) {
            sentence.add(list.draw(random));
        }
    }

    /** All parts, in order. */
    record Sequence(List<Phrase> parts) implements Phrase {
        public Sequence {
            parts = List.copyOf(parts);
        }

        @Override
        public void write(SplitMix64 random, Sentence sentence) {
            for (Phrase part : parts) {
                part.write(random, sentence);
            }
        }
    }

    /**
     * One of several.
     *
     * @param shares [options], adding up to 1
     */
    record Choice(List<Phrase> options, List<Double> shares) implements Phrase {
        public Choice {
            options = List.copyOf(options);
            shares = List.copyOf(shares);
            if (options.isEmpty() || options.size() != shares.size()) {
                throw new IllegalArgumentException(
                        "a choice needs options and as many shares, had " + options.size() + " and " + shares.size());
            }
        }

        @Override
        public void write(SplitMix64 random, Sentence sentence) {
            double left = random.nextDouble();
            int option = 0;
            while (option < options.size() - 1 && left >= shares.get(option)) {
                left -= shares.get(option);
                option++;
            }
            options.get(option).write(random, sentence);
        }
    }

    /**
     * A name of one type; names do not nest.
     *
     * @param type {@code PER}, {@code ORG}, {@code LOC} or {@code MISC}
     */
    record Name(String type, Phrase body) implements Phrase {
        @Override
        public void write(SplitMix64 random, Sentence sentence) {
            sentence.beginName(type);
            body.write(random, sentence);
            sentence.endName();
        }
    }

    static Phrase sequence(Phrase... parts) {
        return new Sequence(List.of(parts));
    }

    static Phrase nothing() {
        return new Sequence(List.of());
    }

    static Phrase maybe(double share, Phrase phrase) {
        return choice().with(share, phrase).with(1 - share, nothing()).build();
    }

    static Choices choice() {
        return new Choices();
    }

    /** Collects options with weights, which become shares; an option of weight 0 is left out. */
    final class Choices {
        private final List<Phrase> options = new ArrayList<>();
        private final List<Double> weights = new ArrayList<>();

        Choices with(double weight, Phrase option) {
            if (!(weight >= 0)) {
                throw new IllegalArgumentException("weight must be at least 0, was " + weight);
            }
            if (weight > 0) {
                options.add(option);
                weights.add(weight);
            }
            return this;
        }

        Choice build() {
            double sum = 0;
            for (double weight : weights) {
                sum += weight;
            }
            List<Double> shares = new ArrayList<>();
            for (double weight : weights) {
                shares.add(weight / sum);
            }
            return new Choice(options, shares);
        }
    }
}

package org.mtlfarm.worker.builtin;

import java.util.Arrays;
import java.util.List;

import org.mtlfarm.worker.random.SplitMix64;

/** Words with their probabilities, by Zipf's and Mandelbrot's law: the word of rank r gets a share of 1 / (r + offset)^exponent. */
final class WordList {
    private final String[] words;
    private final double[] cumulative;

    private WordList(String[] words, double[] cumulative) {
        this.words = words;
        this.cumulative = cumulative;
    }

    static WordList of(List<String> words, double exponent, double offset) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a word list needs at least one word");
        }
        double[] cumulative = new double[words.size()];
        double sum = 0;
        for (int rank = 0; rank < cumulative.length; rank++) {
            sum += StrictMath.pow(rank + 1 + offset, -exponent);
            cumulative[rank] = sum;
        }
        for (int rank = 0; rank < cumulative.length; rank++) {
            cumulative[rank] /= sum;
        }
        return new WordList(words.toArray(String[]::new), cumulative);
    }

    String draw(SplitMix64 random) {
        int found = Arrays.binarySearch(cumulative, random.nextDouble());
        return words[Math.min(found < 0 ? -found - 1 : found + 1, words.length - 1)];
    }

    int size() {
        return words.length;
    }

    String word(int rank) {
        return words[rank];
    }

    double probability(int rank) {
        return rank == 0 ? cumulative[0] : cumulative[rank] - cumulative[rank - 1];
    }
}

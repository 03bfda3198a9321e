package org.mtlfarm.worker.builtin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.random.SplitMix64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BuiltinCorpusTest {
    private static final Corpus CORPUS = BuiltinCorpus.generate(BuiltinSettings.defaults());

    /** Formulas were fitted to this text: whoever changes it changes what they describe, and measures it again. */
    private static final String TEXT_SHA_256 = "98062a58b1edaacfcd5b0e6c2c5960b7c7e8ae97ad7a8fce1708e444f2398cf9";

    private static final Map<String, Double> CONLL_SHARES = Map.of(
            "O", 169_578 / 203_621.0,
            "PER", 11_128 / 203_621.0,
            "ORG", 10_025 / 203_621.0,
            "LOC", 8_297 / 203_621.0,
            "MISC", 4_593 / 203_621.0);

    @Test
    void theTextIsTheSameToTheLastByteEverywhere() {
        assertThat(sha256(CORPUS)).isEqualTo(TEXT_SHA_256);
    }

    @Test
    void everyPartHasTheTokensAskedForAndEndsWithASentence() {
        BuiltinSettings settings = BuiltinSettings.defaults();
        assertPart(CORPUS.train(), settings.trainTokens());
        assertPart(CORPUS.dev(), settings.devTokens());
        assertPart(CORPUS.test(), settings.testTokens());
        assertThat(CORPUS.train().tokens())
                .as("15 tasks of 2,000 tokens, 2 of 20,000")
                .isGreaterThanOrEqualTo(40_000);
        assertThat(CORPUS.labels()).containsExactly("O", "LOC", "MISC", "ORG", "PER");
    }

    private static void assertPart(TaggedText text, int tokens) {
        assertThat(text.tokens()).isBetween(tokens, tokens + 200);
        assertThat(text.words()[text.tokens() - 1]).isEqualTo(".");
    }

    @Test
    void aLongerTextBeginsWithTheShorterOne() {
        Corpus longer = BuiltinCorpus.generate(BuiltinSettings.parse("builtin:tokens=70000,dev=6000,test=22000"));

        assertPrefix(CORPUS.train(), longer.train());
        assertPrefix(CORPUS.dev(), longer.dev());
        assertPrefix(CORPUS.test(), longer.test());
    }

    private static void assertPrefix(TaggedText shorter, TaggedText longer) {
        assertThat(longer.tokens()).isGreaterThan(shorter.tokens());
        assertThat(Arrays.copyOf(longer.words(), shorter.tokens())).isEqualTo(shorter.words());
        assertThat(Arrays.copyOf(longer.tags(), shorter.tokens())).isEqualTo(shorter.tags());
        assertThat(Arrays.copyOf(longer.sentenceStarts(), shorter.sentences())).isEqualTo(shorter.sentenceStarts());
    }

    @Test
    void anotherSeedGivesAnotherText() {
        Corpus other = BuiltinCorpus.generate(BuiltinSettings.parse("builtin:tokens=500,seed=2"));

        assertThat(other.train().words())
                .isNotEqualTo(
                        Arrays.copyOf(CORPUS.train().words(), other.train().tokens()));
    }

    @Test
    void partsAreTextsOfTheirOwn() {
        assertThat(Arrays.copyOf(CORPUS.dev().words(), 500))
                .isNotEqualTo(Arrays.copyOf(CORPUS.train().words(), 500));
        assertThat(Arrays.copyOf(CORPUS.dev().words(), 500))
                .isNotEqualTo(Arrays.copyOf(CORPUS.test().words(), 500));
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 10_000, 20_000, 40_000, 60_000})
    void labelSharesAreWithinThreePromilleOfConlls(int tokens) {
        assertShares(CORPUS.train(), 0, tokens, 0.003);
    }

    @Test
    void labelSharesOfTheScoredPartsAreToo() {
        assertShares(CORPUS.dev(), 0, CORPUS.dev().tokens(), 0.003);
        assertShares(CORPUS.test(), 0, CORPUS.test().tokens(), 0.003);
    }

    @Test
    void theSlicesOfThirtyTasksLookAlike() {
        for (int task = 0; task < 30; task++) {
            assertShares(CORPUS.train(), 2_000 * task, 2_000, 0.003);
        }
    }

    @Test
    void otherSeedsHaveTheSameShares() {
        for (long seed = 2; seed <= 6; seed++) {
            TaggedText text = BuiltinCorpus.generate(new BuiltinSettings(20_000, 1, 1, seed))
                    .train();
            assertShares(text, 0, 20_000, 0.003);
        }
    }

    private static void assertShares(TaggedText text, int from, int tokens, double tolerance) {
        Map<String, Integer> counts = new HashMap<>();
        for (int position = from; position < from + tokens; position++) {
            counts.merge(SpanScores.type(text.tags()[position]), 1, Integer::sum);
        }
        CONLL_SHARES.forEach((type, share) -> assertThat((double) counts.getOrDefault(type, 0) / tokens)
                .as("share of %s in tokens %d to %d", type, from, from + tokens)
                .isCloseTo(share, within(tolerance)));
    }

    @Test
    void trainingTagsAreInIo() {
        assertThat(CORPUS.train().tags()).containsOnly("O", "I-PER", "I-ORG", "I-LOC", "I-MISC");
    }

    @Test
    void scoredTagsAreInIob2() {
        for (TaggedText text : List.of(CORPUS.dev(), CORPUS.test())) {
            Set<Integer> starts = new HashSet<>();
            Arrays.stream(text.sentenceStarts()).forEach(starts::add);
            for (int position = 0; position < text.tokens(); position++) {
                String tag = text.tags()[position];
                assertThat(tag).matches("O|[BI]-(PER|ORG|LOC|MISC)");
                if (tag.startsWith("I-")) {
                    assertThat(starts).doesNotContain(position);
                    assertThat(text.tags()[position - 1]).endsWith(tag.substring(1));
                }
            }
        }
    }

    @Test
    void publishedAmiValuesComeOutAtTwentyThousandTokens() {
        double[] alpha = {.2, .6, .65, .7, .75, .8, .85, .9, .91, .92, .93, .94, .95, .96, .97, .98, .99, 1};
        double[] published = {0, .13, .17, .21, .27, .34, .43, .55, .57, .60, .63, .68, .71, .75, .80, .85, .91, 1};
        String[] labels = Arrays.copyOf(CORPUS.train().tags(), 20_000);
        double error = 0;
        for (int i = 0; i < alpha.length; i++) {
            error += Math.abs(ami(labels, alpha[i], new SplitMix64(i)) - published[i]) / alpha.length;
        }

        assertThat(error).isLessThanOrEqualTo(0.01);
    }

    /**
     * AMI with the arithmetic mean between labels and labels drawn from them. The expected mutual information is taken in
     * its limit of many tokens, (labels - 1)^2 / (2 tokens).
     */
    private static double ami(String[] labels, double alpha, SplitMix64 random) {
        List<String> distinct = List.of("O", "I-LOC", "I-MISC", "I-ORG", "I-PER");
        int c = distinct.size();
        double[][] joint = new double[c][c];
        for (String label : labels) {
            int real = distinct.indexOf(label);
            int drawn = random.nextDouble() < alpha ? real : (real + 1 + random.below(c - 1)) % c;
            joint[real][drawn] += 1.0 / labels.length;
        }
        double[] rows = new double[c];
        double[] columns = new double[c];
        double entropyOfBoth = 0;
        for (int i = 0; i < c; i++) {
            for (int j = 0; j < c; j++) {
                rows[i] += joint[i][j];
                columns[j] += joint[i][j];
                entropyOfBoth += entropy(joint[i][j]);
            }
        }
        double entropyOfRows =
                Arrays.stream(rows).map(BuiltinCorpusTest::entropy).sum();
        double entropyOfColumns =
                Arrays.stream(columns).map(BuiltinCorpusTest::entropy).sum();
        double information = entropyOfRows + entropyOfColumns - entropyOfBoth;
        double expected = (c - 1) * (c - 1) / (2.0 * labels.length);
        return (information - expected) / ((entropyOfRows + entropyOfColumns) / 2 - expected);
    }

    private static double entropy(double p) {
        return p == 0 ? 0 : -p * Math.log(p);
    }

    @Test
    void manyNamesOfTheTestTextAreNew() {
        Set<String> seen = new HashSet<>(Arrays.asList(CORPUS.train().words()).subList(0, 20_000));

        assertThat(unseen(CORPUS.test(), seen)).isBetween(0.3, 0.4);
    }

    /** Share of the tokens within names whose word does not occur in the training text. */
    private static double unseen(TaggedText text, Set<String> seen) {
        int tokens = 0;
        int unseen = 0;
        for (int position = 0; position < text.tokens(); position++) {
            if (!text.tags()[position].equals("O")) {
                tokens++;
                unseen += seen.contains(text.words()[position]) ? 0 : 1;
            }
        }
        return (double) unseen / tokens;
    }

    @Test
    void someWordsNameThingsOfSeveralTypesOrNothing() {
        Map<String, Set<String>> types = new HashMap<>();
        for (int position = 0; position < CORPUS.train().tokens(); position++) {
            types.computeIfAbsent(
                            CORPUS.train().words()[position].toLowerCase(java.util.Locale.ROOT), w -> new HashSet<>())
                    .add(SpanScores.type(CORPUS.train().tags()[position]));
        }

        assertThat(count(types, "ORG", "LOC")).isGreaterThan(100);
        assertThat(count(types, "PER", "ORG")).isGreaterThan(20);
        assertThat(count(types, "PER", "O")).isGreaterThan(20);
    }

    private static long count(Map<String, Set<String>> types, String one, String other) {
        return types.values().stream()
                .filter(found -> found.contains(one) && found.contains(other))
                .count();
    }

    @Test
    void whoKnowsTheGrammarLabelsNearlyAllOfIt() {
        SentenceOracle oracle = new SentenceOracle(Language.get().sentence(), CORPUS.labels());

        assertThat(SpanScores.f1(CORPUS.dev(), oracle.label(CORPUS.dev()))).isBetween(0.96, 0.99);
    }

    private static String sha256(Corpus corpus) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (TaggedText text : List.of(corpus.train(), corpus.dev(), corpus.test())) {
                int sentence = 0;
                for (int position = 0; position < text.tokens(); position++) {
                    if (sentence < text.sentences() && text.sentenceStarts()[sentence] == position) {
                        digest.update((byte) '\n');
                        sentence++;
                    }
                    String line = text.words()[position] + " " + text.tags()[position] + "\n";
                    digest.update(line.getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

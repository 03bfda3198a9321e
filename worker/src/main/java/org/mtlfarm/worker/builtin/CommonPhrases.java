package org.mtlfarm.worker.builtin;

import java.util.List;

import org.mtlfarm.worker.builtin.Trait.Kind;
import org.mtlfarm.worker.builtin.Vocabulary.Verbs;

import static org.mtlfarm.worker.builtin.Phrase.choice;
import static org.mtlfarm.worker.builtin.Phrase.sequence;

/** What every domain's sentences have in common: function words, numbers, times, verbs. */
final class CommonPhrases {
    /** The exponent of Zipf's law for nouns, verbs and adjectives. */
    static final double EXPONENT = 0.9;

    final Phrase comma;
    final Phrase stop;
    final Phrase colon;
    final Phrase determiner;
    final Phrase numeral;
    final Phrase unit;
    final Phrase adjective;
    final Phrase initial;
    final Phrase title;
    final Phrase thing;
    final Phrase placeNoun;
    final Phrase direction;
    final Phrase compass;
    final Phrase landform;
    final Phrase placeEnd;
    final Phrase conjunction;
    final Phrase beforePlace;
    final Phrase beforePartner;
    final Phrase beforeCommon;
    final Phrase time;
    final List<Phrase> verbs;

    private final Lexicon lexicon;

    CommonPhrases(Lexicon lexicon) {
        this.lexicon = lexicon;
        comma = word("punctuation", ",");
        stop = word("punctuation", ".");
        colon = word("punctuation", ":");
        determiner = list("function", Vocabulary.DETERMINERS, 1.2, 0.2);
        numeral = list("number", Vocabulary.NUMBERS, 0.8, 2);
        unit = list("noun", Vocabulary.UNITS, 0.7, 1);
        adjective = list("adjective", Vocabulary.ADJECTIVES, EXPONENT, 2);
        initial = list("initial", Vocabulary.INITIALS, 0.6, 2);
        title = list("title", Vocabulary.TITLES, 0.8, 0);
        thing = list("noun", Vocabulary.THINGS, EXPONENT, 2);
        placeNoun = role("noun", "place noun", Vocabulary.PLACE_NOUNS, 0.8, 1);
        direction = role("adjective", "place noun", Vocabulary.DIRECTIONS, 0.8, 1);
        compass = role("noun", "compass", Vocabulary.COMPASS, 0.7, 1);
        landform = role("noun", "landform", Vocabulary.LANDFORMS, 0.7, 1);
        placeEnd = role("noun", "landform", Vocabulary.PLACE_ENDS, 0.7, 1);
        conjunction = list("function", Vocabulary.CONJUNCTIONS, EXPONENT, 0.5);
        beforePlace = role("function", "preposition place", Vocabulary.PLACE_PREPOSITIONS, EXPONENT, 0.5);
        beforePartner = role("function", "preposition partner", Vocabulary.PARTNER_PREPOSITIONS, EXPONENT, 0.5);
        beforeCommon = role("function", "preposition common", Vocabulary.COMMON_PREPOSITIONS, EXPONENT, 0.5);
        time = time();
        verbs = Vocabulary.VERBS.stream().map(this::verb).toList();
    }

    /** One function word. */
    Phrase function(String word) {
        return word("function", word);
    }

    private Phrase time() {
        Phrase day = list("day", Vocabulary.DAYS, 0.3, 2);
        Phrase month = list("day", Vocabulary.MONTHS, 0.3, 2);
        return choice().with(34, sequence(function("on"), day))
                .with(18, list("adverb", Vocabulary.TIMES, 0.8, 1))
                .with(16, sequence(function("in"), month))
                .with(16, sequence(function("in"), numeral))
                .with(8, sequence(function("last"), day))
                .with(8, sequence(function("on"), month, numeral))
                .build();
    }

    private Phrase verb(Verbs verbs) {
        Phrase adverb = list("adverb", Vocabulary.ADVERBS, EXPONENT, 2);
        Phrase past = role("verb", "verb " + verbs.name(), verbs.words(), EXPONENT, 2);
        return choice().with(86, past).with(14, sequence(adverb, past)).build();
    }

    private Phrase word(String wordClass, String word) {
        return list(wordClass, List.of(word), 1, 0);
    }

    private Phrase list(String wordClass, List<String> words, double exponent, double offset) {
        return lexicon.common(words, exponent, offset, new Trait(Kind.WORD_CLASS, wordClass));
    }

    private Phrase role(String wordClass, String role, List<String> words, double exponent, double offset) {
        return lexicon.common(
                words, exponent, offset, new Trait(Kind.WORD_CLASS, wordClass), new Trait(Kind.ROLE, role));
    }
}

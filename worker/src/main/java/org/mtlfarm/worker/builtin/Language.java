package org.mtlfarm.worker.builtin;

import static org.mtlfarm.worker.builtin.Phrase.choice;

/**
 * The built-in language: its words and its grammar. There is one, whatever the seed of a text; what was measured on it holds
 * only as long as it stays as it is, which a test with a pinned hash watches.
 */
final class Language {
    private static final long SEED = 20200610;

    private static final Language INSTANCE = new Language();

    private final Lexicon lexicon = new Lexicon();
    private final Phrase sentence;

    private Language() {
        CommonPhrases common = new CommonPhrases(lexicon);
        World world = new World(SEED, lexicon, common);
        Phrase.Choices any = choice();
        for (int domain = 0; domain < Vocabulary.DOMAINS.size(); domain++) {
            any.with(
                    Vocabulary.DOMAINS.get(domain).weight(),
                    new DomainGrammar(domain, lexicon, common, world).sentence());
        }
        sentence = any.build();
    }

    static Language get() {
        return INSTANCE;
    }

    Phrase sentence() {
        return sentence;
    }

    Lexicon lexicon() {
        return lexicon;
    }
}

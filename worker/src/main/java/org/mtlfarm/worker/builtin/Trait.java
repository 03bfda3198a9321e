package org.mtlfarm.worker.builtin;

/**
 * Something that a word shares with others, and that its vector therefore shows: a direction of its own in the space.
 *
 * @param value which one of its kind
 */
record Trait(Kind kind, String value) {
    /** What is shared, and how much of it a vector shows. */
    enum Kind {
        /** Noun, verb, number ...; for names: that it is a name at all. */
        WORD_CLASS(1.6),
        /** PER, ORG, LOC, MISC. */
        TYPE(1.0),
        /** The part of the invented world whose syllables a name is made of. */
        REGION(0.6),
        /** Names of one kind from one region or domain; what they name has to be learned from examples. */
        FAMILY(1.0),
        /** The field of life that a common word belongs to. */
        DOMAIN(0.8),
        /** Verbs that take the same kinds of subject and object, prepositions before the same kinds of place. */
        ROLE(1.2);

        final double scale;

        Kind(double scale) {
            this.scale = scale;
        }
    }

    /** Names the trait's direction, and so decides it. */
    String key() {
        return kind + " " + value;
    }
}

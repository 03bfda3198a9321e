package org.mtlfarm.worker.vectors;

import java.util.Set;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SpellingVectorsTest {
    private static final Set<String> WORDS = Set.of(
            "walking", "walked", "talking", "Paris", "PARIS", "Zürich", "Zürichs", "1999", "2004", "北京", "北京市", ",");

    private final WordVectors vectors =
            SpellingVectors.parse("spelling:dimension=1000").of(WORDS);

    @Test
    void everyWordOfAnyScriptHasAVectorOfOneLength() {
        assertThat(SpellingVectors.parse("spelling").dimension()).isEqualTo(100);
        assertThat(vectors.rows().keySet()).isEqualTo(WORDS);
        assertThat(WORDS)
                .allSatisfy(word -> assertThat(Math.sqrt(product(word, word))).isCloseTo(5, within(1e-4)));
    }

    @Test
    void wordsThatLookAlikeAreNearerThanOthers() {
        assertThat(product("walking", "walked")).isGreaterThan(product("walking", "Paris") + 5);
        assertThat(product("walking", "talking")).isGreaterThan(product("walking", "1999") + 5);
        assertThat(product("Zürich", "Zürichs")).isGreaterThan(product("Zürich", "Paris") + 5);
        assertThat(product("1999", "2004")).isGreaterThan(product("1999", "Paris") + 5);
        assertThat(product("北京", "北京市")).isGreaterThan(product("北京", "walked") + 5);
    }

    @Test
    void aWordsVectorDependsOnTheWordAlone() {
        WordVectors others = SpellingVectors.parse("spelling:dimension=1000").of(Set.of("Paris", "elsewhere"));
        for (int i = 0; i < 1000; i++) {
            assertThat(others.table()[1000 * others.row("Paris") + i])
                    .isEqualTo(vectors.table()[1000 * vectors.row("Paris") + i]);
        }
    }

    @Test
    void anotherSourceIsRefused() {
        assertThat(SpellingVectors.names("spelling.txt")).isFalse();
        assertThat(SpellingVectors.parse("spelling:dimension=7").dimension()).isEqualTo(7);
        for (String source :
                new String[] {"spelling:", "spelling:dimension=0", "spelling:dim=5", "spelling:dimension=9999"}) {
            assertThatThrownBy(() -> SpellingVectors.parse(source)).isInstanceOf(InvalidInputException.class);
        }
    }

    private double product(String one, String other) {
        double sum = 0;
        for (int i = 0; i < vectors.dimension(); i++) {
            sum += vectors.table()[vectors.row(one) * vectors.dimension() + i]
                    * vectors.table()[vectors.row(other) * vectors.dimension() + i];
        }
        return sum;
    }
}

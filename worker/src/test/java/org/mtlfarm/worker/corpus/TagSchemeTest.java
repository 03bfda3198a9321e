package org.mtlfarm.worker.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/** Sentences of random spans, written in each scheme, read back. */
class TagSchemeTest {
    /** A span, or a stretch outside where the type is empty. */
    record Stretch(String type, int length) {}

    @Provide
    Arbitrary<List<List<Stretch>>> sentences() {
        Arbitrary<Stretch> stretch = Combinators.combine(
                        Arbitraries.of("", "PER", "LOC", "GEO-POL"),
                        Arbitraries.integers().between(1, 4))
                .as(Stretch::new);
        return stretch.list().ofMinSize(1).ofMaxSize(6).list().ofMinSize(1).ofMaxSize(5);
    }

    @Provide
    Arbitrary<TagScheme> ofSpans() {
        return Arbitraries.of(TagScheme.IO, TagScheme.IOB1, TagScheme.IOB2, TagScheme.IOBES);
    }

    @Property(tries = 200)
    void spansWrittenInAnySchemeAreReadAsTheSameIob2(
            @ForAll("sentences") List<List<Stretch>> sentences, @ForAll("ofSpans") TagScheme scheme)
            throws IOException {
        Path file = Files.createTempFile("scheme", ".txt");
        try {
            Files.writeString(file, write(sentences, scheme));
            ConllPart found = ConllPart.read(file, Columns.USUAL, Optional.empty());
            ConllPart stated = ConllPart.read(file, Columns.USUAL, Optional.of(scheme));

            String[] expected = tags(sentences, scheme == TagScheme.IO ? TagScheme.IO : TagScheme.IOB2);
            assertThat(expected).hasSize(found.inIob2().tokens());
            assertThat(found.inIo().tags()).isEqualTo(tags(sentences, TagScheme.IO));
            assertThat(stated.warnings()).isEmpty();
            assertThat(stated.inIob2().tags()).isEqualTo(found.inIob2().tags());
            if (scheme != TagScheme.IO) {
                assertThat(found.inIob2().tags()).isEqualTo(expected);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static String write(List<List<Stretch>> sentences, TagScheme scheme) {
        StringBuilder text = new StringBuilder();
        for (List<Stretch> sentence : sentences) {
            for (String tag : tags(List.of(sentence), scheme)) {
                text.append("w ").append(tag).append('\n');
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String[] tags(List<List<Stretch>> sentences, TagScheme scheme) {
        List<String> tags = new ArrayList<>();
        for (List<Stretch> sentence : sentences) {
            String before = "";
            for (Stretch stretch : sentence) {
                for (int i = 0; i < stretch.length(); i++) {
                    boolean last = i == stretch.length() - 1;
                    String prefix = switch (scheme) {
                        case IO -> "I-";
                        case IOB1 -> i == 0 && stretch.type().equals(before) ? "B-" : "I-";
                        case IOB2 -> i == 0 ? "B-" : "I-";
                        case IOBES -> i == 0 ? (last ? "S-" : "B-") : last ? "E-" : "I-";
                        case TOKENS -> throw new IllegalArgumentException("no scheme of spans");
                    };
                    tags.add(stretch.type().isEmpty() ? "O" : prefix + stretch.type());
                }
                before = stretch.type();
            }
        }
        return tags.toArray(String[]::new);
    }
}

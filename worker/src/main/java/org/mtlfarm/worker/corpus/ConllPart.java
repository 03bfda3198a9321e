package org.mtlfarm.worker.corpus;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.mtlfarm.schemas.InvalidInputException;

/** One file of a corpus: one column of {@link ConllLines} is the word, one its tag in one of the schemes. */
final class ConllPart {
    private static final String DOCUMENT_START = "-DOCSTART-";
    private static final int CONLL_U_COLUMNS = 10;

    private final Path file;
    private final String[] words;
    private final SpanTag[] tags;
    private final int[] lines;
    private final int[] sentenceStarts;
    private final TagScheme scheme;
    private final List<String> warnings = new ArrayList<>();

    /** Reads a file. Without a stated scheme it is found out, and tags that break its rules are refused. */
    static ConllPart read(Path file, Columns columns, Optional<TagScheme> stated) {
        return new ConllPart(file, ConllLines.ofCorpus(file, DOCUMENT_START), columns, stated);
    }

    private ConllPart(Path file, ConllLines read, Columns chosen, Optional<TagScheme> stated) {
        this.file = file;
        String[][] columns = read.columns();
        lines = read.lineNumbers();
        sentenceStarts = read.sentenceStarts();
        words = new String[columns.length];
        tags = new SpanTag[columns.length];
        int width = columns[0].length;
        int word = chosen.word().orElse(read.numbered() ? 2 : 1);
        if (chosen.tags().isEmpty() && read.numbered() && width == CONLL_U_COLUMNS) {
            throw new InvalidInputException(
                    file + ": expected to be told the column of the tags, as this is CoNLL-U: 4 is its"
                            + " part of speech (tags: 4 in a study, --tags-column 4), 8 the relation");
        }
        int tag = chosen.tags().orElse(width);
        if (word > width || tag > width || word == tag) {
            throw new InvalidInputException("%s: expected a word in column %d and a tag in column %d, found %d columns"
                    .formatted(file, word, tag, width));
        }
        String[] found = new String[columns.length];
        for (int i = 0; i < columns.length; i++) {
            words[i] = columns[i][word - 1];
            found[i] = columns[i][tag - 1];
        }
        boolean ofTokens = stated.map(scheme -> scheme == TagScheme.TOKENS).orElseGet(() -> noneIsOfASpan(found));
        for (int i = 0; i < found.length; i++) {
            tags[i] = ofTokens ? SpanTag.ofToken(found[i]) : spanTag(found[i], lines[i], chosen);
        }
        scheme = ofTokens ? TagScheme.TOKENS : stated.map(this::accept).orElseGet(this::findScheme);
    }

    /** Whether there are tags, and none of them marks a span. */
    private static boolean noneIsOfASpan(String[] tags) {
        return Arrays.stream(tags)
                        .noneMatch(tag -> !tag.equals("O") && SpanTag.parse(tag).isPresent())
                && Arrays.stream(tags).anyMatch(tag -> !tag.equals("O"));
    }

    private SpanTag spanTag(String tag, int line, Columns chosen) {
        String column = chosen.tags().isPresent() ? "column " + chosen.tags().getAsInt() : "the last column";
        return SpanTag.parse(tag)
                .orElseThrow(() -> mistake(
                        line,
                        "expected a tag in " + column + ", O or one of B- I- E- S- L- U- and a type, found " + tag
                                + " (scheme=TOKENS has every tag read as a label of its own)"));
    }

    Path file() {
        return file;
    }

    TagScheme scheme() {
        return scheme;
    }

    /** Warnings in full sentences, with the file; empty if nothing was doubtful. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** The types that occur, in the order of the text. */
    Set<String> types() {
        Set<String> types = new LinkedHashSet<>();
        for (SpanTag tag : tags) {
            if (tag.inSpan()) {
                types.add(tag.type());
            }
        }
        return types;
    }

    /** Whether a token has no tag. */
    boolean hasOutside() {
        return Arrays.stream(tags).anyMatch(tag -> !tag.inSpan());
    }

    TaggedText inIo() {
        return text(Arrays.stream(tags).map(SpanTag::toIo).toArray(String[]::new));
    }

    TaggedText inIob2() {
        String[] converted = new String[tags.length];
        for (int i = 0; i < tags.length; i++) {
            converted[i] = tags[i].toIob2(before(i));
        }
        return text(converted);
    }

    private TaggedText text(String[] converted) {
        return new TaggedText(words, converted, sentenceStarts);
    }

    private TagScheme accept(TagScheme stated) {
        for (int i = 0; i < tags.length; i++) {
            if (!stated.has(tags[i].prefix())) {
                throw mistake(lines[i], "expected a tag of the scheme " + stated + ", found " + tags[i]);
            }
        }
        int[] mistakes = mistakes(stated);
        if (mistakes.length > 0) {
            int first = mistakes[0];
            warnings.add(file + ": " + mistakes.length + " of " + tags.length + " tags break the rules of " + stated
                    + ", the first in line " + lines[first] + ": " + describe(stated, first)
                    + "; they were read as conlleval reads them");
        }
        return stated;
    }

    private TagScheme findScheme() {
        if (anyTagHas("ES")) {
            int[] mistakes = mistakes(TagScheme.IOBES);
            if (mistakes.length > 0) {
                throw mistake(
                        lines[mistakes[0]],
                        "expected tags of the scheme IOBES, as E- or S- occurs in the file, but "
                                + describe(TagScheme.IOBES, mistakes[0])
                                + "; state the scheme to have it read all the same");
            }
            return TagScheme.IOBES;
        }
        if (!anyTagHas("B")) {
            return TagScheme.IO;
        }
        int[] againstIob2 = mistakes(TagScheme.IOB2);
        if (againstIob2.length == 0) {
            return TagScheme.IOB2;
        }
        int[] againstIob1 = mistakes(TagScheme.IOB1);
        if (againstIob1.length == 0) {
            return TagScheme.IOB1;
        }
        throw mistake(
                lines[againstIob2[0]],
                "expected tags of one scheme, but " + describe(TagScheme.IOB2, againstIob2[0])
                        + ", which IOB2 forbids, and in line " + lines[againstIob1[0]] + " "
                        + describe(TagScheme.IOB1, againstIob1[0])
                        + ", which IOB1 forbids; state the scheme to have it read all the same");
    }

    private boolean anyTagHas(String prefixes) {
        return Arrays.stream(tags).anyMatch(tag -> tag.inSpan() && prefixes.indexOf(tag.prefix()) >= 0);
    }

    private int[] mistakes(TagScheme candidate) {
        int[] found = new int[tags.length];
        int count = 0;
        for (int i = 0; i < tags.length; i++) {
            if (candidate.mistake(before(i), tags[i], after(i)).isPresent()) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private String describe(TagScheme candidate, int position) {
        return candidate
                .mistake(before(position), tags[position], after(position))
                .orElseThrow();
    }

    private SpanTag before(int position) {
        return startsSentence(position) ? SpanTag.OUTSIDE : tags[position - 1];
    }

    private SpanTag after(int position) {
        return position + 1 == tags.length || startsSentence(position + 1) ? SpanTag.OUTSIDE : tags[position + 1];
    }

    private boolean startsSentence(int position) {
        return Arrays.binarySearch(sentenceStarts, position) >= 0;
    }

    private InvalidInputException mistake(int line, String what) {
        return new InvalidInputException(file + ":" + line + ": " + what);
    }
}

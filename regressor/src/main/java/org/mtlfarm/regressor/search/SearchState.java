package org.mtlfarm.regressor.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * What a search leaves for the next one to go on from: the formulas of each island, without their errors, since these hold
 * for the rows of that search alone. As a file it is text, one formula a line.
 *
 * @param target what was explained
 * @param features names of the variables that the formulas speak of
 * @param searches how many have gone before; draws the next one's random numbers, along with its seed
 * @param islands formulas of each island
 */
public record SearchState(String target, List<String> features, int searches, List<List<Expression>> islands) {
    private static final String TITLE = "MTL Farm search state, version 1";
    private static final String TARGET = "target ";
    private static final String FEATURE = "feature ";
    private static final String SEARCHES = "searches ";
    private static final String ISLAND = "island";

    public SearchState {
        features = List.copyOf(features);
        islands = islands.stream().map(List::copyOf).toList();
        if (searches < 0) {
            throw new IllegalArgumentException("searches must be at least 0, was " + searches);
        }
    }

    /** All formulas. */
    List<Expression> formulas() {
        return islands.stream().flatMap(List::stream).distinct().toList();
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) {
        StringBuilder text = new StringBuilder(TITLE).append('\n');
        text.append(TARGET).append(target).append('\n');
        features.forEach(feature -> text.append(FEATURE).append(feature).append('\n'));
        text.append(SEARCHES).append(searches).append('\n');
        for (List<Expression> island : islands) {
            text.append(ISLAND).append('\n');
            island.forEach(formula -> text.append(formula.print(features)).append('\n'));
        }
        try {
            Path written = file.resolveSibling(file.getFileName() + ".part");
            Files.writeString(written, text);
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws InvalidInputException with the line, if it is no such file
     */
    public static SearchState read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + ": expected a search state, found bytes that are no text", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (lines.isEmpty() || !lines.get(0).equals(TITLE)) {
            throw new InvalidInputException(file + ": expected \"" + TITLE + "\" on its first line, found "
                    + (lines.isEmpty() ? "nothing" : "\"" + lines.get(0) + "\""));
        }
        String target = null;
        List<String> features = new ArrayList<>();
        int searches = 0;
        List<List<Expression>> islands = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String line = lines.get(i);
            try {
                if (!islands.isEmpty() && !line.equals(ISLAND)) {
                    islands.get(islands.size() - 1).add(ExpressionParser.parse(line, features));
                } else if (line.equals(ISLAND)) {
                    islands.add(new ArrayList<>());
                } else if (line.startsWith(TARGET)) {
                    target = line.substring(TARGET.length());
                } else if (line.startsWith(FEATURE)) {
                    features.add(line.substring(FEATURE.length()));
                } else if (line.startsWith(SEARCHES)) {
                    searches = Integer.parseInt(line.substring(SEARCHES.length()));
                } else {
                    throw new InvalidInputException("expected a target, feature, number of searches or island");
                }
            } catch (InvalidInputException | NumberFormatException e) {
                throw new InvalidInputException(
                        file + " line " + (i + 1) + ": " + e.getMessage() + ", found \"" + line + "\"", e);
            }
        }
        if (target == null || features.isEmpty()) {
            throw new InvalidInputException(file + ": expected a target and features, found none");
        }
        return new SearchState(target, features, Math.max(0, searches), islands);
    }
}

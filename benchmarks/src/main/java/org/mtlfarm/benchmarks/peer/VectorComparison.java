package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.vectors.LoadedVectors;
import org.mtlfarm.worker.vectors.VectorsLoader;
import org.mtlfarm.worker.vectors.WordVectors;

/** Does the reader of models give the vectors that fastText's own library gives for the models it trains on a corpus? */
record VectorComparison(Corpus corpus, PeerProgram fastText) {
    /**
     * What was found on a model.
     *
     * @param words asked for
     * @param inDictionary of which the model has
     * @param composed made of their subwords
     * @param equal vectors that are equal to the last bit
     * @param largestNumber absolute value of any number of the library's vectors
     * @param largest difference of any number
     */
    record Difference(
            String model, int words, int inDictionary, int composed, int equal, double largestNumber, double largest) {}

    /** Trains in a folder, which is deleted in the end, and compares. */
    List<Difference> run(Path folder) {
        try {
            export(folder);
            List<Difference> found = new ArrayList<>();
            for (JsonNode model : fastText.run(List.of(folder.toString()))) {
                found.add(compare(model));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be written: " + e.getMessage(), e);
        } finally {
            delete(folder);
        }
    }

    private void export(Path folder) throws IOException {
        TaggedText text = corpus.train();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < text.sentences(); i++) {
            int start = text.sentenceStarts()[i];
            int end = i + 1 < text.sentences() ? text.sentenceStarts()[i + 1] : text.tokens();
            lines.add(String.join(" ", Arrays.asList(text.words()).subList(start, end)));
        }
        Files.writeString(folder.resolve("text"), String.join("\n", lines));
        Files.writeString(
                folder.resolve("words"),
                String.join("\n", corpus.words().stream().sorted().toList()));
    }

    private static Difference compare(JsonNode model) {
        Path file = Path.of(model.get("file").asText());
        Set<String> words = new HashSet<>();
        model.get("vectors").fieldNames().forEachRemaining(words::add);
        LoadedVectors loaded = VectorsLoader.load(file, words);
        if (loaded.exact() != model.get("inDictionary").asInt()) {
            throw new IllegalStateException(file + ": fastText knows " + model.get("inDictionary") + " of the words, "
                    + loaded.exact() + " were found");
        }
        WordVectors vectors = loaded.vectors();
        int equal = 0;
        double largest = 0;
        double largestNumber = 0;
        for (String word : words) {
            JsonNode expected = model.get("vectors").get(word);
            double difference = 0;
            for (int i = 0; i < vectors.dimension(); i++) {
                float number = vectors.table()[vectors.row(word) * vectors.dimension() + i];
                difference =
                        Math.max(difference, Math.abs(number - expected.get(i).asDouble()));
                largestNumber = Math.max(largestNumber, Math.abs(expected.get(i).asDouble()));
            }
            equal += difference == 0 ? 1 : 0;
            largest = Math.max(largest, difference);
        }
        String name = file.getFileName().toString().replace(".bin", "");
        return new Difference(name, words.size(), loaded.exact(), loaded.composed(), equal, largestNumber, largest);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be deleted: " + e.getMessage(), e);
        }
    }
}

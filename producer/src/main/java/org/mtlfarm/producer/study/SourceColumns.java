package org.mtlfarm.producer.study;

import java.util.List;
import java.util.Optional;

/** The columns of a CoNLL file that a study names, as a source carries them: {@code ,word=2,tags=4}. */
final class SourceColumns {
    private SourceColumns() {}

    /** Empty text where no column is named; empty if one of them is no number. */
    static Optional<String> of(YamlMapping keys) {
        StringBuilder columns = new StringBuilder();
        for (String key : List.of("word", "tags")) {
            Optional<YamlValue> value = keys.get(key);
            if (value.isPresent()) {
                Optional<Integer> number = value.get().wholeNumber(1, 1000);
                if (number.isEmpty()) {
                    return Optional.empty();
                }
                columns.append(',').append(key).append('=').append(number.get());
            }
        }
        return Optional.of(columns.toString());
    }
}

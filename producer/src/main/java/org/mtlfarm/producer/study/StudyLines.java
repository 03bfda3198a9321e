package org.mtlfarm.producer.study;

import java.util.Map;

/**
 * Where a study's values stand in its file, so that a mistake that only planning shows is reported with its line too.
 *
 * @param file as its author named it
 * @param lines line, from 1, of a path such as {@code grid.tokens[2]}
 */
public record StudyLines(String file, Map<String, Integer> lines) {
    public StudyLines {
        lines = Map.copyOf(lines);
    }

    /** The line of a path, or of the nearest path around it that has one; 1 if none has. */
    int of(String path) {
        String around = path;
        while (!around.isEmpty()) {
            Integer line = lines.get(around);
            if (line != null) {
                return line;
            }
            around = around.substring(0, Math.max(0, Math.max(around.lastIndexOf('.'), around.lastIndexOf('['))));
        }
        return 1;
    }
}

package org.mtlfarm.producer.study;

import java.util.List;

/**
 * Training tokens a task, every combination of which is wanted.
 *
 * @param real of the real task
 * @param synthetic of each artificial task; empty in a balanced study, where it has as many as the real one
 */
public record Tokens(List<Integer> real, List<Integer> synthetic) {
    public Tokens {
        real = List.copyOf(real);
        synthetic = List.copyOf(synthetic);
    }

    boolean balanced() {
        return synthetic.isEmpty();
    }
}

package org.mtlfarm.regressor.search;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.Table;

import static org.assertj.core.api.Assertions.assertThat;

class BoxTest {
    private static final List<String> FEATURES = List.of("ami", "tasks");

    private static boolean kept(String formula, Constraint constraint) {
        double[] ami = IntStream.range(0, 30).mapToDouble(i -> i / 29.0).toArray();
        double[] tasks = IntStream.range(0, 30).mapToDouble(i -> 1 + i % 8).toArray();
        Table table = new Table("a table", FEATURES, new double[][] {ami, tasks}, "f1", ami, null, null);
        return new Box(table, List.of(constraint)).check().kept(ExpressionParser.parse(formula, FEATURES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5.8e-8/((ami-0.83759497)*(ami-0.3547913))+0.039",
                "1e-8/square(ami-0.354321)",
                "1e-8*inv(ami*tasks-1.234567)",
                "1e-9*(ami-0.354321)^-2",
                "1e-9*log(square(ami-0.354321))",
                "0.5+1e-9/(tasks-ami-sqrt(2))"
            })
    void aFormulaWithAPoleTooNarrowForAnyPointKeepsToNoRange(String formula) {
        assertThat(kept(formula, Constraint.between(-0.1, 1.1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.5/(ami+1)",
                "ami/(square(ami)+1)",
                "0.1*log(tasks)",
                "tasks^-1",
                "exp(ami)/exp(2*ami)",
                "square(ami-0.354321)",
                "inv(ami-2)+1"
            })
    void oneWhoseDivisorsKeepTheirSignDoes(String formula) {
        assertThat(kept(formula, Constraint.between(-0.1, 1.1))).isTrue();
    }
}

package org.mtlfarm.schemas;

import java.util.List;
import java.util.Map;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.FormulaSpecification.Comparison;
import org.mtlfarm.schemas.FormulaSpecification.Condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FormulaSpecificationTest {
    @Test
    void aLineIsReadIntoTargetFeaturesAndConditions() {
        FormulaSpecification formula =
                FormulaSpecification.parse(" F1~tokens ,sharedLayers  WHERE tasks>1 and ami >= .50 ");

        assertThat(formula.target()).isEqualTo(AverageColumn.F1);
        assertThat(formula.featureNames()).containsExactly("tokens", "shared_layers");
        assertThat(formula.conditions())
                .containsExactly(
                        new Condition(AverageColumn.TASKS, Comparison.GREATER, 1),
                        new Condition(AverageColumn.AMI, Comparison.AT_LEAST, 0.5));
        assertThat(formula).hasToString("f1 ~ tokens, shared_layers where tasks > 1 and ami >= 0.5");
        assertThat(formula.condition()).isEqualTo("tasks > 1 and ami >= 0.5");
    }

    @ParameterizedTest
    @CsvSource({"=, 2", "==, 2", "!=, 1;3", "<, 1", "<=, 1;2", ">, 3", ">=, 2;3"})
    void aConditionKeepsTheRowsItSays(String sign, String kept) {
        FormulaSpecification formula = FormulaSpecification.parse("f1_dev ~ ami where tasks " + sign + " 2");

        List<String> matching = List.of(1, 2, 3).stream()
                .filter(tasks -> formula.matches(
                        column -> Map.of(AverageColumn.TASKS, (double) tasks).get(column)))
                .map(String::valueOf)
                .toList();

        assertThat(matching).containsExactly(kept.split(";"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f1 tokens                     | no '~'",
                "tokens ~ ami                  | expected a target (f1, f1_dev), found 'tokens'",
                "~ ami                         | expected a target (f1, f1_dev), found nothing",
                "f1 ~                          | found nothing",
                "f1 ~ where tasks > 1          | found nothing",
                "f1 ~ tokens, tokns            | found 'tokns'",
                "f1 ~ tokens,, ami             | found nothing",
                "f1 ~ f1_dev                   | found 'f1_dev'",
                "f1 ~ ami, ami                 | 'ami' twice",
                "f1 ~ ami ~ tokens             | found 'ami ~ tokens'",
                "f1 ~ ami where                | expected a condition",
                "f1 ~ ami where tasks          | found 'tasks'",
                "f1 ~ ami where tasks > one    | found 'one'",
                "f1 ~ ami where tasks > 1e999  | found '1e999'",
                "f1 ~ ami where tasks > 1 and  | found nothing",
                "f1 ~ ami where f1 > 0.5       | found 'f1'",
                "f1 ~ ami where tasks > 1 or 2 | found 'tasks > 1 or 2'",
            })
    void aMistakeIsNamedInOneLine(String text, String part) {
        assertThatThrownBy(() -> FormulaSpecification.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(part)
                .hasMessageContaining("in '" + text + "'")
                .hasMessageNotContaining("\n");
    }

    @Property
    void theCanonicalTextIsReadBackAsTheSameFormula(@ForAll("formulas") FormulaSpecification formula) {
        assertThat(FormulaSpecification.parse(formula.toString())).isEqualTo(formula);
    }

    @Provide
    Arbitrary<FormulaSpecification> formulas() {
        Arbitrary<AverageColumn> columns = Arbitraries.of(AverageColumn.class).filter(column -> !column.isTarget());
        Arbitrary<Condition> conditions = Combinators.combine(
                        columns,
                        Arbitraries.of(Comparison.class),
                        Arbitraries.doubles().ofScale(6))
                .as(Condition::new);
        return Combinators.combine(
                        Arbitraries.of(AverageColumn.F1, AverageColumn.F1_DEV),
                        columns.list().uniqueElements().ofMinSize(1),
                        conditions.list().ofMaxSize(3))
                .as(FormulaSpecification::new);
    }
}

package org.mtlfarm.schemas;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CanonicalNumberTest {
    @ParameterizedTest
    @CsvSource({
        "0.9, 0.9",
        "1, 1",
        "-0.0, 0",
        "2000, 2000",
        "1e-3, 0.001",
        "0.1234567890123456789, 0.12345678901234568",
        "-2.50, -2.5",
        "2e23, 200000000000000000000000"
    })
    void theFewestDigitsThatReadBackArePrinted(String number, String printed) {
        assertThat(CanonicalNumber.print(Double.parseDouble(number))).isEqualTo(printed);
    }

    @Property
    void whatIsPrintedReadsBackToTheLastBit(@ForAll double value) {
        assertThat(Double.parseDouble(CanonicalNumber.print(value))).isEqualTo(value + 0.0);
    }

    @Test
    void aNumberThatIsNotFiniteHasNoSpelling() {
        assertThatThrownBy(() -> CanonicalNumber.print(Double.NaN)).hasMessageContaining("was NaN");
    }
}

package org.mtlfarm.schemas;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The one spelling of a number in texts that are hashed or compared: the fewest significant digits that read back as the
 * same double, the nearest such decimal, without exponent and without trailing zeros ({@code 0.9}, {@code 2000}, {@code
 * 0.001}). {@link Double#toString(double)} would not do: it prints other digits before JDK 19 than after.
 */
public final class CanonicalNumber {
    /** Digits that tell any two doubles apart. */
    private static final int MOST_DIGITS = 17;

    private CanonicalNumber() {}

    /** The spelling of a finite number; both zeros are {@code 0}. */
    public static String print(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("value must be finite, was " + value);
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal shortest = exact;
        for (int digits = 1; digits <= MOST_DIGITS; digits++) {
            shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (shortest.doubleValue() == value) {
                break;
            }
        }
        return shortest.stripTrailingZeros().toPlainString();
    }
}

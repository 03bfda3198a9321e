package org.mtlfarm.regressor.expression;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NotationTest {
    private static final List<String> NAMES = List.of("n", "T", "mutual_info", "alpha");

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0.69*sqrt(n); 0.69*sqrt(n)",
                "n+-2; n-2",
                "n-(-2); n-(-2)",
                "(n-T)-(n-T); n-T-(n-T)",
                "n/(T/2); n/(T/2)",
                "(-n)^2; (-n)^2",
                "-n^2; -n^2",
                "T-(-2*n); T-(-2*n)",
                "-(2); -(2)",
                "n*(-T); n*(-T)",
                "(2^n)^T; (2^n)^T",
                "2^n^T; 2^n^T",
                "1e-7*n; 1e-7*n",
                "12345678901*n; 1.2345678901e10*n",
            })
    void infixHasNoNeedlessBrackets(String text, String printed) {
        assertThat(print(text, Notation.INFIX)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sqrt(mutual_info)/0.015; \\frac{\\sqrt{\\mathrm{mutual\\_info}}}{0.015}",
                "0.69*sqrt(n); 0.69 \\, \\sqrt{n}",
                "(n+1)*T; \\left(n + 1\\right) \\, T",
                "(n/T)^2; \\left(\\frac{n}{T}\\right)^{2}",
                "exp(-n)^2; \\left(e^{-n}\\right)^{2}",
                "abs(n)*2; \\left|n\\right| \\cdot 2",
                "log(alpha); \\log\\left(\\alpha\\right)",
                "2e-9*n; 2\\times 10^{-9} \\, n",
                "plog(n); \\operatorname{plog}\\left(n\\right)",
            })
    void latexIsAsPeopleWriteIt(String text, String printed) {
        assertThat(print(text, Notation.LATEX)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "square(n)+inv(T); n**2 + 1 / T; n**2 + 1.0 / T; Math.pow(n, 2) + 1.0 / T",
                "2*n^3; 2 * n**3; 2.0 * n**3.0; 2.0 * Math.pow(n, 3.0)",
                "abs(log(n)); Abs(log(n)); np.abs(np.log(n)); Math.abs(Math.log(n))",
            })
    void programsUnderstandTheirNotation(String text, String sympy, String python, String java) {
        assertThat(print(text, Notation.SYMPY)).isEqualTo(sympy);
        assertThat(print(text, Notation.PYTHON)).isEqualTo(python);
        assertThat(print(text, Notation.JAVA)).isEqualTo(java);
    }

    private static String print(String text, Notation notation) {
        return notation.print(ExpressionParser.parse(text, NAMES), NAMES);
    }
}

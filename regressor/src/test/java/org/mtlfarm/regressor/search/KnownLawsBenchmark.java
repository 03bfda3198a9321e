package org.mtlfarm.regressor.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.Table;

/**
 * Laws from the literature, recovered from data: Nguyen 1 to 12 (Uy et al. 2011), Keijzer 1 to 15 as far as our operators can
 * say them (Keijzer 2003), equations of the Feynman Symbolic Regression Database (Udrescu and Tegmark 2020). The list was
 * written before the first run. Recovered is what has an error under 1e-5 of the standard deviation on 500 fresh rows, with
 * at most 1.5 times the true nodes + 2. Run by hand: {@code KnownLawsBenchmark SECONDS NOISE FROM TO}; the effort of so many
 * seconds decides, not the clock; NOISE is a share of the target's root mean square.
 */
public final class KnownLawsBenchmark {
    private static final int ROWS = 1000;
    private static final int FRESH = 500;

    /** Name; law; and each variable with its range. */
    private static final List<String> LAWS = List.of(
            "Nguyen-1; x^3+x^2+x; x -1 1",
            "Nguyen-2; x^4+x^3+x^2+x; x -1 1",
            "Nguyen-3; x^5+x^4+x^3+x^2+x; x -1 1",
            "Nguyen-4; x^6+x^5+x^4+x^3+x^2+x; x -1 1",
            "Nguyen-5; sin(x^2)*cos(x)-1; x -1 1",
            "Nguyen-6; sin(x)+sin(x+x^2); x -1 1",
            "Nguyen-7; log(x+1)+log(x^2+1); x 0 2",
            "Nguyen-8; sqrt(x); x 0 4",
            "Nguyen-9; sin(x)+sin(y^2); x 0 1; y 0 1",
            "Nguyen-10; 2*sin(x)*cos(y); x 0 1; y 0 1",
            "Nguyen-11; x^y; x 0.01 1; y 0 1",
            "Nguyen-12; x^4-x^3+y^2/2-y; x 0 1; y 0 1",
            "Keijzer-1; 0.3*x*sin(2*3.141592653589793*x); x -1 1",
            "Keijzer-4; x^3*exp(-x)*cos(x)*sin(x)*(sin(x)^2*cos(x)-1); x 0 10",
            "Keijzer-5; 30*x*z/((x-10)*y^2); x -1 1; y 1 2; z -1 1",
            "Keijzer-7; log(x); x 1 100",
            "Keijzer-8; sqrt(x); x 0 100",
            "Keijzer-9; log(x+sqrt(x^2+1)); x 0 100",
            "Keijzer-10; x^y; x 0.01 1; y 0 1",
            "Keijzer-11; x*y+sin((x-1)*(y-1)); x -3 3; y -3 3",
            "Keijzer-12; x^4-x^3+y^2/2-y; x -3 3; y -3 3",
            "Keijzer-13; 6*sin(x)*cos(y); x -3 3; y -3 3",
            "Keijzer-14; 8/(2+x^2+y^2); x -3 3; y -3 3",
            "Keijzer-15; x^3/5+y^3/2-y-x; x -3 3; y -3 3",
            "Feynman I.6.2a; exp(-t^2/2)/sqrt(2*3.141592653589793); t 1 3",
            "Feynman I.6.2; exp(-(t/s)^2/2)/(sqrt(2*3.141592653589793)*s); t 1 3; s 1 3",
            "Feynman I.8.14; sqrt((a-b)^2+(c-d)^2); a 1 5; b 1 5; c 1 5; d 1 5",
            "Feynman I.10.7; m/sqrt(1-v^2/c^2); m 1 5; v 1 2; c 3 10",
            "Feynman I.12.1; mu*N; mu 1 5; N 1 5",
            "Feynman I.12.2; p*q/(4*3.141592653589793*e*r^2); p 1 5; q 1 5; e 1 5; r 1 5",
            "Feynman I.12.4; q/(4*3.141592653589793*e*r^2); q 1 5; e 1 5; r 1 5",
            "Feynman I.12.5; q*E; q 1 5; E 1 5",
            "Feynman I.13.4; 0.5*m*(v^2+u^2+w^2); m 1 5; v 1 5; u 1 5; w 1 5",
            "Feynman I.14.3; m*g*z; m 1 5; g 1 5; z 1 5",
            "Feynman I.14.4; 0.5*k*x^2; k 1 5; x 1 5",
            "Feynman I.16.6; (u+v)/(1+u*v/c^2); u 1 5; v 1 5; c 1 5",
            "Feynman I.18.4; (m*r+n*s)/(m+n); m 1 5; n 1 5; r 1 5; s 1 5",
            "Feynman I.18.12; r*F*sin(t); r 1 5; F 1 5; t 0 5",
            "Feynman I.24.6; 0.25*m*(w^2+o^2)*x^2; m 1 3; w 1 3; o 1 3; x 1 3",
            "Feynman I.25.13; q/C; q 1 5; C 1 5",
            "Feynman I.27.6; 1/(1/a+n/b); a 1 5; b 1 5; n 1 5",
            "Feynman I.29.4; w/c; w 1 10; c 1 10",
            "Feynman I.29.16; sqrt(x^2+y^2-2*x*y*cos(t-s)); x 1 5; y 1 5; t 1 5; s 1 5",
            "Feynman I.30.3; I*sin(n*t/2)^2/sin(t/2)^2; I 1 5; n 1 5; t 1 5",
            "Feynman I.34.8; q*v*B/p; q 1 5; v 1 5; B 1 5; p 1 5",
            "Feynman I.34.10; w/(1-v/c); w 1 5; v 1 2; c 3 10",
            "Feynman I.34.14; w*(1+v/c)/sqrt(1-v^2/c^2); w 1 5; v 1 2; c 3 10",
            "Feynman I.37.4; a+b+2*sqrt(a*b)*cos(d); a 1 5; b 1 5; d 1 5",
            "Feynman I.39.1; 1.5*p*V; p 1 5; V 1 5",
            "Feynman I.39.11; p*V/(g-1); g 2 5; p 1 5; V 1 5",
            "Feynman I.39.22; n*k*T/V; n 1 5; k 1 5; T 1 5; V 1 5",
            "Feynman I.40.1; n*exp(-m*g*x/(k*T)); n 1 5; m 1 5; g 1 5; x 1 5; k 1 5; T 1 5",
            "Feynman I.43.16; m*q*V/d; m 1 5; q 1 5; V 1 5; d 1 5",
            "Feynman I.44.4; n*k*T*log(b/a); n 1 5; k 1 5; T 1 5; a 1 5; b 1 5",
            "Feynman I.47.23; sqrt(g*p/r); g 1 5; p 1 5; r 1 5",
            "Feynman I.50.26; x*(cos(w*t)+a*cos(w*t)^2); x 1 3; w 1 3; t 1 3; a 1 3",
            "Feynman II.2.42; k*(b-a)*A/d; k 1 5; b 1 5; a 1 5; A 1 5; d 1 5",
            "Feynman II.3.24; P/(4*3.141592653589793*r^2); P 1 5; r 1 5",
            "Feynman II.6.15b; 0.75/3.141592653589793*p/e*cos(t)*sin(t)/r^3; p 1 3; e 1 3; t 1 3; r 1 3",
            "Feynman II.8.31; e*E^2/2; e 1 5; E 1 5",
            "Feynman II.11.3; q*E/(m*(w^2-o^2)); q 1 3; E 1 3; m 1 3; w 3 5; o 1 2",
            "Feynman II.11.27; n*a/(1-n*a/3)*e*E; n 0 1; a 0 1; e 1 2; E 1 2",
            "Feynman II.15.4; -m*B*cos(t); m 1 5; B 1 5; t 1 5",
            "Feynman II.34.29b; g*u*B*J/h; g 1 5; u 1 5; B 1 5; J 1 5; h 1 5",
            "Feynman II.35.18; n/(exp(m*B/(k*T))+exp(-m*B/(k*T))); n 1 3; m 1 3; B 1 3; k 1 3; T 1 3",
            "Feynman III.4.33; h*w/(exp(h*w/(k*T))-1); h 1 5; w 1 5; k 1 5; T 1 5",
            "Feynman III.7.38; 2*m*B/h; m 1 5; B 1 5; h 1 5",
            "Feynman III.15.14; h^2/(2*E*d^2); h 1 5; E 1 5; d 1 5",
            "Feynman III.17.37; b*(1+a*cos(t)); b 1 5; a 1 5; t 1 5",
            "Feynman III.21.20; -r*q*A/m; r 1 5; q 1 5; A 1 5; m 1 5");

    private KnownLawsBenchmark() {}

    public static void main(String[] args) {
        double noise = Double.parseDouble(args[1]);
        int from = Integer.parseInt(args[2]);
        int to = Math.min(LAWS.size(), Integer.parseInt(args[3]));
        int found = 0;
        for (int i = from; i < to; i++) {
            String[] parts = LAWS.get(i).split("; ");
            List<String> names = new ArrayList<>();
            for (int v = 2; v < parts.length; v++) {
                names.add(parts[v].split(" ")[0]);
            }
            Expression law = ExpressionParser.parse(parts[1], names);
            FitResult result = SymbolicRegression.fit(
                    table(law, names, parts, ROWS, 1, noise),
                    FitSettings.defaults()
                            .withTimeLimit(Duration.ofMillis(Math.round(1000 * Double.parseDouble(args[0]))))
                            .withMaxComplexity(Math.max(20, law.complexity() * 3 / 2 + 2))
                            .withCap(Duration.ofHours(1)));
            Table fresh = table(law, names, parts, FRESH, 2, 0);
            Expression best = result.best().expression();
            double error = relativeError(best, fresh);
            boolean good = error < (noise == 0 ? 1e-5 : noise) && best.complexity() <= 1.5 * law.complexity() + 2;
            found += good ? 1 : 0;
            System.out.printf(
                    "%s %s: error %.2g, %d nodes for %d, %.0f s, %s: %s%n",
                    good ? "found " : "MISSED",
                    parts[0],
                    error,
                    best.complexity(),
                    law.complexity(),
                    result.seconds(),
                    result.stopped(),
                    result.best().text());
        }
        System.out.printf("%d of %d%n", found, to - from);
    }

    private static double relativeError(Expression expression, Table table) {
        double[] values = new Evaluator(new Blocks(table.columns(), table.values(), null)).values(expression);
        double mean = 0;
        for (double value : table.values()) {
            mean += value / values.length;
        }
        double error = 0;
        double variance = 0;
        for (int r = 0; r < values.length; r++) {
            error += Math.pow(values[r] - table.values()[r], 2);
            variance += Math.pow(table.values()[r] - mean, 2);
        }
        return Math.sqrt(error / variance);
    }

    private static Table table(Expression law, List<String> names, String[] parts, int rows, long seed, double noise) {
        Random random = new Random(seed);
        double[][] columns = new double[names.size()][rows];
        for (int v = 0; v < columns.length; v++) {
            String[] range = parts[v + 2].split(" ");
            double low = Double.parseDouble(range[1]);
            double high = Double.parseDouble(range[2]);
            for (int r = 0; r < rows; r++) {
                columns[v][r] = low + (high - low) * random.nextDouble();
            }
        }
        double[] target = new Evaluator(new Blocks(columns, new double[rows], null)).values(law);
        double square = 0;
        for (double value : target) {
            square += value * value / rows;
        }
        for (int r = 0; r < rows; r++) {
            target[r] += noise * Math.sqrt(square) * random.nextGaussian();
        }
        return Table.of(names, columns, "y", target);
    }
}

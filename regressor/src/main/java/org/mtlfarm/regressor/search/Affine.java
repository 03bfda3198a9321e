package org.mtlfarm.regressor.search;

/**
 * Weighted least squares of the target on one column of values, in closed form: as they are, with a factor, with a shift, and
 * with slope and offset; with the sum of squares of each.
 */
record Affine(
        double factor,
        double shift,
        double slope,
        double offset,
        double plainError,
        double scaledError,
        double shiftedError,
        double bothError) {
    /** Null where a value is no finite number, or their squares are none. */
    static Affine of(double[] values, Problem problem) {
        double[] weights = problem.weights;
        double sum = 0;
        for (int r = 0; r < values.length; r++) {
            sum += weights[r] * values[r];
        }
        if (!Double.isFinite(sum)) {
            return null;
        }
        double mean = sum / problem.weightSum;
        double squares = 0;
        double products = 0;
        for (int r = 0; r < values.length; r++) {
            double apart = values[r] - mean;
            double weighted = weights[r] * apart;
            squares += weighted * apart;
            products += weighted * (problem.target[r] - problem.targetMean);
        }
        if (!Double.isFinite(squares) || !Double.isFinite(products)) {
            return null;
        }
        double n = problem.weightSum;
        double targetMean = problem.targetMean;
        double total = problem.totalSquares;
        double slope = squares > 0 ? products / squares : 0;
        double rawSquares = squares + n * mean * mean;
        double rawProducts = products + n * mean * targetMean;
        double factor = rawSquares > 0 ? rawProducts / rawSquares : 0;
        double shiftedError = total - 2 * products + squares;
        return new Affine(
                factor,
                targetMean - mean,
                slope,
                targetMean - slope * mean,
                shiftedError + n * (targetMean - mean) * (targetMean - mean),
                total + n * targetMean * targetMean - factor * rawProducts,
                shiftedError,
                total - slope * products);
    }
}

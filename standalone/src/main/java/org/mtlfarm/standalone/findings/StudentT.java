package org.mtlfarm.standalone.findings;

import org.mtlfarm.regressor.reports.SettingResiduals;

/** Student's distribution. */
final class StudentT {
    private static final int HALVINGS = 80;
    private static final double LARGEST = 1e6;

    private StudentT() {}

    /** The number that so large a share of draws lies within, either side of 0; degrees of freedom need not be whole. */
    static double within(double share, double freedom) {
        double low = 0;
        double high = LARGEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            // t squared is Snedecor's F of 1 and as many degrees.
            if (SettingResiduals.upperTail(middle * middle, 1, freedom) > 1 - share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}

package org.mtlfarm.schemas;

/** How an experiment stands in its adaptive study. */
public final class Samplings {
    private Samplings() {}

    /** Whether the plan is an adaptive study's and stands so. */
    public static boolean is(Plan plan, SamplingState state) {
        return plan.getSampling() != null && plan.getSampling().getState() == state;
    }

    /** Whether an adaptive study may yet ask for it. */
    public static boolean isHeld(Plan plan) {
        return is(plan, SamplingState.HELD);
    }
}

package org.mtlfarm.producer.farm;

import org.mtlfarm.schemas.Plan;

/** Which wish: a study's for an experiment. Written {@code study/experimentId}, it is the key of plan records. */
public record PlanKey(String study, String experimentId) {
    public static PlanKey of(Plan plan) {
        return new PlanKey(plan.getStudy(), plan.getExperiment().getExperimentId());
    }

    @Override
    public String toString() {
        return study + "/" + experimentId;
    }
}

package org.mtlfarm.cuda;

/** What a member's step is. Members in one round do the same kind. */
enum StepKind {
    /** An Adam step on the loss of one task, each member its own. */
    ONE_TASK,
    /** An Adam step on the sum of all tasks' losses. */
    JOINT,
    /** The most probable labels of one task, no step. */
    PREDICTION,
    /** A copy of the parameters, if all are finite; the loss says whether they are: 0. */
    REMEMBERING
}

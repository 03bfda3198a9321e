package org.mtlfarm.producer.study;

/**
 * What stands beside every experiment of a study, so that the gain over single-task learning can be told from its other
 * causes: with tasks taking turns, T tasks also make T times the steps, and have T times the text.
 */
public enum Control {
    /** T = 1 with as many Adam steps, by training for more epochs. */
    STEPS,
    /** T = 1 with as many training tokens as all the tasks have together. */
    TOKENS,
    /** As many tasks that tell nothing: alpha = 1/c, c the number of labels. */
    CHANCE
}

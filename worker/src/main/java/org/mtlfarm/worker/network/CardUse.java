package org.mtlfarm.worker.network;

/**
 * How a card is used.
 *
 * @param card its number on the machine
 * @param utilization part of the last second or so in which it computed, of any process, in [0, 1]; NaN where nobody can say
 * @param memoryUsedBytes of all processes
 * @param memoryTotalBytes that it has
 * @param models in training on it now, of this engine
 * @param launches since the engine was opened: how often it has sent steps to the card
 * @param steps of models in these: divided by the launches, the size of a gang
 */
public record CardUse(
        String card,
        double utilization,
        long memoryUsedBytes,
        long memoryTotalBytes,
        int models,
        long launches,
        long steps) {}

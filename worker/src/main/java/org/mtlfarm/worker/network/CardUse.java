package org.mtlfarm.worker.network;

/**
 * How a card is used.
 *
 * @param card its name
 * @param utilization part of the time since the last question in which it had work of this engine, in [0, 1]
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

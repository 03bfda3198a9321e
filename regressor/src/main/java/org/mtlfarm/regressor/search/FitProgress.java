package org.mtlfarm.regressor.search;

/**
 * How far a search is.
 *
 * @param share of effort or time limit used, whichever is further, in [0, 1]
 * @param evaluations expressions judged so far
 * @param bestTrainMse the least so far, of any complexity
 * @param best the expression that has it, in the project's notation
 */
public record FitProgress(double share, long evaluations, double bestTrainMse, String best) {}

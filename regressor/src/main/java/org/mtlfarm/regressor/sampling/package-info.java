/**
 * Adaptive studies: which experiments of a grid to run next, so that the laws which the averages leave possible are told apart with
 * few of them, and when enough have been run.
 */
package org.mtlfarm.regressor.sampling;

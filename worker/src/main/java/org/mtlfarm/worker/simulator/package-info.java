/** Artificial tasks of a wanted relatedness, and the adjusted mutual information that measures it. */
package org.mtlfarm.worker.simulator;

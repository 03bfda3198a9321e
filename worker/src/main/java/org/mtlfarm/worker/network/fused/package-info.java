/**
 * The default engine on CPU: the network's forward and backward written out over {@code float[]}, the products given to
 * OpenBLAS, everything that cannot reach the result left out.
 */
package org.mtlfarm.worker.network.fused;

/**
 * A card's stand-in without a card: the same kernels compiled by the host's C++ compiler, products by OpenBLAS. Slow, for
 * checking everything up to the driver's calls.
 */
package org.mtlfarm.cuda.emulation;

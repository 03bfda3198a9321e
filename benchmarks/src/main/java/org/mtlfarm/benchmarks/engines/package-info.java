/** How fast the engines train, in turn on the same batches, PyTorch beside them: {@code benchmarks/engines}. */
package org.mtlfarm.benchmarks.engines;

/**
 * The engine {@code cuda}: many models at once on one NVIDIA card. Models of equal shape form a {@link
 * org.mtlfarm.cuda.Gang} and make their steps together, in the order of operations that a {@link
 * org.mtlfarm.cuda.StepPlan} holds, over memory that a {@link org.mtlfarm.cuda.MemoryPlan} lays out, on a {@link
 * org.mtlfarm.cuda.Device}: a card, or its emulation by the host's C++ compiler and BLAS.
 */
package org.mtlfarm.cuda;

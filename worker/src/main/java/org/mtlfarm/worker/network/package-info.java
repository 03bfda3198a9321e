/**
 * The multitask network as every engine has to compute it: its shape, the layout of its parameters, where they start, and
 * the boundary behind which an engine trains it.
 */
package org.mtlfarm.worker.network;

/** Checks an engine against {@code pytorch_peer.py}, an independent program: loss by loss, and in the scores reached. */
package org.mtlfarm.benchmarks.peer;

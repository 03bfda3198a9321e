/**
 * Takes runs from the work queue, has them trained, publishes what they came to. Knows Kafka and nothing of training.
 */
package org.mtlfarm.worker.queue;

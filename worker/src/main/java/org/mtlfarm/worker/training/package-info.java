/**
 * From an experiment and a corpus to a scored run. Everything that chance decides comes from the run's seed by named
 * streams, so it is the same whatever the engine, the number of workers and slots. Knows nothing of Kafka.
 */
package org.mtlfarm.worker.training;

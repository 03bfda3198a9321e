/** A single-node Kafka on a directory, in this process or in a child. */
package org.mtlfarm.standalone.broker;

/** Random numbers that are the same on every machine and Java version. */
package org.mtlfarm.worker.random;

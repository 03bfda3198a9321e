/** The network on DL4J, the reference for faster engines. No type of ND4J or DL4J leaves this package. */
package org.mtlfarm.worker.network.dl4j;

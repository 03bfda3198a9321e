/** The network on DL4J, the reference for the other engines. No type of ND4J or DL4J leaves this package. */
package org.mtlfarm.dl4j;

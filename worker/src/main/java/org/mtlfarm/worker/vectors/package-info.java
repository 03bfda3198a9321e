/** Word vectors: reading the ones that a corpus needs, how many of its words they cover, and what names them. */
package org.mtlfarm.worker.vectors;

/** Corpora: reading them, their tags, what names them, and the numbers that a network sees of them. */
package org.mtlfarm.worker.corpus;

/** Span scores as the conlleval script of the CoNLL shared tasks counts and prints them. */
package org.mtlfarm.worker.scoring;

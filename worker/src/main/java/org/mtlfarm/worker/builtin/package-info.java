/** A corpus and word vectors that are generated, so that the farm runs with nothing to download: docs/builtin-corpus.md. */
package org.mtlfarm.worker.builtin;

/** The whole farm in one process, the embedded broker and the {@code farm} command. */
package org.mtlfarm.standalone;

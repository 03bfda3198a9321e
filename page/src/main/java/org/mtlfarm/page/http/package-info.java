/** The page over HTTP: its files, a study's whole and changes, what is worked out when asked for, and actions. */
package org.mtlfarm.page.http;

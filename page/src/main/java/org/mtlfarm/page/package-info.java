/**
 * The page people leave open: what the topics say of a study, kept as small texts by name ({@link org.mtlfarm.page.StudyPicture}), told
 * as one whole and as its changes ({@link org.mtlfarm.page.LiveStudy}), and shown by a browser.
 */
package org.mtlfarm.page;

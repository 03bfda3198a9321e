package org.mtlfarm.regressor.search;

/** Whose search is run. */
public enum Preset {
    /** Enumeration, islands and fitted constants. */
    FARM,
    /** gplearn's rules, so that the paper's own search can be repeated. */
    GPLEARN
}

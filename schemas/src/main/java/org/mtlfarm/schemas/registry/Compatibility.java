package org.mtlfarm.schemas.registry;

/**
 * Which changes of a subject's schema a registry lets through. {@code _TRANSITIVE}: checked against every version of the
 * subject, not the latest alone.
 */
public enum Compatibility {
    /** New schemas read what old ones wrote. */
    BACKWARD,
    BACKWARD_TRANSITIVE,
    /** Old schemas read what new ones write. */
    FORWARD,
    FORWARD_TRANSITIVE,
    /** Both. */
    FULL,
    FULL_TRANSITIVE,
    /** Every change. */
    NONE
}

package org.mtlfarm.schemas;

/**
 * What a user gave cannot be used: a file, a study, an option. The message is one line, or one a mistake, and says what was
 * expected, what was found and where. The command prints it and exits with 2.
 */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        super(message);
    }

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}

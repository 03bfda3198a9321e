package org.mtlfarm.standalone.command;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

import org.mtlfarm.schemas.InvalidInputException;

/** A user's mistake is one line (or one a mistake) and exit 2; work that failed is one line and exit 1. */
final class OneLineErrors implements IExecutionExceptionHandler {
    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        if (System.getenv("FARM_DEBUG") != null) {
            failure.printStackTrace(line.getErr());
        }
        if (failure instanceof InvalidInputException) {
            failure.getMessage().lines().forEach(mistake -> line.getErr().println("farm: " + mistake));
            return WRONG_INPUT;
        }
        line.getErr().println("farm: " + inOneLine(failure));
        return FAILED;
    }

    /** The message of the failure, or of its first cause that has one, on one line. */
    static String inOneLine(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            Throwable cause = failure.getCause();
            return cause == null ? "failed with " + failure.getClass().getName() : inOneLine(cause);
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

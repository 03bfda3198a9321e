package org.mtlfarm.standalone.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many runs are trained at a time.
 *
 * @param number 0: as many as the engine thinks best
 */
record Slots(int number) {
    static final String AUTO = "auto";

    /** What the engine thinks best, unless a number was asked for. */
    int of(Engines.Opened engine) {
        return number == 0 ? engine.slots() : number;
    }

    /** Of {@code auto}, or of a number of at least 1. */
    static final class Converter implements ITypeConverter<Slots> {
        @Override
        public Slots convert(String text) {
            if (text.equalsIgnoreCase(AUTO)) {
                return new Slots(0);
            }
            try {
                int number = Integer.parseInt(text);
                if (number >= 1) {
                    return new Slots(number);
                }
            } catch (NumberFormatException e) {
                // Told of below.
            }
            throw new TypeConversionException("expected " + AUTO + " or a number of at least 1, found '" + text + "'");
        }
    }
}

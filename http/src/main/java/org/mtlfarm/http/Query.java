package org.mtlfarm.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The parameters behind a request's question mark. Each may be given once; what is wrong with them is told by a {@link
 * Problem}, 400.
 */
public final class Query {
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");
    private static final int LONGEST = 500;

    /** Beyond this, and what a client computes with it, is no longer a number. */
    private static final double GREATEST = 1e300;

    private final Map<String, List<String>> values;

    /** @param known the parameters there are; any other is a mistake */
    Query(Map<String, List<String>> values, Set<String> known) {
        this(values);
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw Problem.badRequest("unknown parameter '" + shortened(name) + "': there "
                        + (known.isEmpty() ? "are none" : "are " + String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    private Query(Map<String, List<String>> values) {
        this.values = values;
        values.forEach((name, given) -> {
            if (given.isEmpty()) {
                throw Problem.badRequest(shortened(name) + ": expected percent-encoded UTF-8");
            }
            if (given.size() != 1) {
                throw Problem.badRequest("expected " + shortened(name) + " once, found it " + given.size() + " times");
            }
            if (given.get(0).length() > LONGEST || given.get(0).chars().anyMatch(Character::isISOControl)) {
                throw Problem.badRequest(shortened(name) + ": expected at most " + LONGEST
                        + " characters, no control characters among them");
            }
        });
    }

    /** Whatever parameters are given: which there may be is the caller's to see. */
    static Query open(Map<String, List<String>> values) {
        return new Query(values);
    }

    /** The names of the parameters given. */
    public Set<String> names() {
        return values.keySet();
    }

    public Optional<String> text(String name) {
        List<String> given = values.get(name);
        return given == null ? Optional.empty() : Optional.of(given.get(0));
    }

    public OptionalInt integer(String name, int least, int most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (text.get().matches("-?\\d{1,10}")) {
            long value = Long.parseLong(text.get());
            if (value >= least && value <= most) {
                return OptionalInt.of((int) value);
            }
        }
        throw Problem.badRequest(name + ": expected a whole number in [" + least + ", " + most + "], found '"
                + shortened(text.get()) + "'");
    }

    /** A number of at most {@link #GREATEST}, or at least that below zero. */
    public OptionalDouble number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (NUMBER.matcher(text.get()).matches()) {
            double value = Double.parseDouble(text.get());
            if (Math.abs(value) <= GREATEST) {
                return OptionalDouble.of(value);
            }
        }
        throw Problem.badRequest(name + ": expected a number, found '" + shortened(text.get()) + "'");
    }

    public Optional<Boolean> flag(String name) {
        return text(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.badRequest(name + ": expected true or false, found '" + shortened(text) + "'");
        });
    }

    /** One of an enum's names, in upper case or lower. */
    public <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return text(name).map(text -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text)) {
                    return constant;
                }
            }
            throw Problem.badRequest(name + ": expected one of " + List.of(type.getEnumConstants()) + ", found '"
                    + shortened(text) + "'");
        });
    }

    /** What a client sent, in an answer to it: never the whole of something long. */
    public static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}

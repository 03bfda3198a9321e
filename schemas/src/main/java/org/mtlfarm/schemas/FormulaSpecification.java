package org.mtlfarm.schemas;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One formula that a study asks for: which score is to be explained by which columns on which rows, written
 * {@code f1 ~ tokens, ami where tasks > 1 and ami >= 0.5}.
 *
 * <p>Grammar: {@code target ~ feature {, feature} [where column op number {and column op number}]} with op one of
 * {@code = != < <= > >=} ({@code ==} is read as {@code =}). Targets and columns are those of {@link AverageColumn}; a
 * condition speaks of features only, since rows chosen by their score would bend the law.
 *
 * @param features in the order written, none twice
 * @param conditions all of which a row must meet; may be empty
 */
public record FormulaSpecification(
        AverageColumn target, List<AverageColumn> features, List<FormulaSpecification.Condition> conditions) {
    /** How a condition compares. */
    public enum Comparison {
        EQUAL("="),
        NOT_EQUAL("!="),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">=");

        private final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        /** Whether {@code left sign right} holds, to the last bit; nothing holds for NaN but {@code !=}. */
        public boolean holds(double left, double right) {
            return switch (this) {
                case EQUAL -> left == right;
                case NOT_EQUAL -> left != right;
                case LESS -> left < right;
                case AT_MOST -> left <= right;
                case GREATER -> left > right;
                case AT_LEAST -> left >= right;
            };
        }

        private static Comparison signed(String sign) {
            for (Comparison comparison : values()) {
                if (comparison.sign.equals(sign)) {
                    return comparison;
                }
            }
            return EQUAL; // "==", the one other spelling that the grammar lets through
        }
    }

    /** One comparison of a column with a finite number. */
    public record Condition(AverageColumn column, Comparison comparison, double bound) {
        public Condition {
            if (!Double.isFinite(bound)) {
                throw new IllegalArgumentException("bound must be finite, was " + bound);
            }
        }

        public boolean holds(double value) {
            return comparison.holds(value, bound);
        }

        /** {@code ami >= 0.5}. */
        @Override
        public String toString() {
            return column.columnName() + " " + comparison.sign() + " " + CanonicalNumber.print(bound);
        }
    }

    private static final Pattern WHERE = Pattern.compile("\\swhere(?=\\s|$)", Pattern.CASE_INSENSITIVE);
    private static final Pattern AND = Pattern.compile("\\sand(?=\\s|$)", Pattern.CASE_INSENSITIVE);
    private static final Pattern CONDITION = Pattern.compile("(\\w+)\\s*(==|=|!=|<=|>=|<|>)\\s*(\\S+)");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");

    public FormulaSpecification {
        features = List.copyOf(features);
        conditions = List.copyOf(conditions);
        if (!target.isTarget()) {
            throw new IllegalArgumentException("the target must be a score, was " + target.columnName());
        }
        if (features.isEmpty() || features.stream().anyMatch(AverageColumn::isTarget)) {
            throw new IllegalArgumentException("features must be one or more columns that are no score");
        }
        if (Set.copyOf(features).size() != features.size()) {
            throw new IllegalArgumentException("a feature is named twice in " + features);
        }
    }

    /** Reads a formula line; throws {@link InvalidInputException} with one line on what was expected and found. */
    public static FormulaSpecification parse(String text) {
        int tilde = text.indexOf('~');
        if (tilde < 0) {
            throw mistake(text, "'target ~ feature, feature where condition'", "no '~'");
        }
        String afterTilde = text.substring(tilde + 1);
        Matcher where = WHERE.matcher(afterTilde);
        boolean conditional = where.find();
        String features = conditional ? afterTilde.substring(0, where.start()) : afterTilde;
        String conditions = conditional ? afterTilde.substring(where.end()) : "";
        return new FormulaSpecification(
                column(text, text.substring(0, tilde), true),
                features(text, features),
                conditional ? conditions(text, conditions) : List.of());
    }

    /** Whether a row is to be used, given the values of its columns. */
    public boolean matches(ToDoubleFunction<AverageColumn> row) {
        return conditions.stream().allMatch(condition -> condition.holds(row.applyAsDouble(condition.column())));
    }

    /** Whether an average's row is to be used; that it is complete is the caller's to see. */
    public boolean matches(Average average) {
        return matches(column -> column.valueOf(average));
    }

    /** The conditions alone, {@code tasks > 1 and ami >= 0.5}; empty where there is none. */
    public String condition() {
        return conditions.stream().map(Condition::toString).collect(Collectors.joining(" and "));
    }

    /** The names of the features, in order. */
    public List<String> featureNames() {
        return features.stream().map(AverageColumn::columnName).toList();
    }

    /** The one spelling of this formula: {@code f1 ~ tokens, ami where tasks > 1}. */
    @Override
    public String toString() {
        String law = target.columnName() + " ~ " + String.join(", ", featureNames());
        return conditions.isEmpty() ? law : law + " where " + condition();
    }

    private static List<AverageColumn> features(String text, String part) {
        Set<AverageColumn> seen = EnumSet.noneOf(AverageColumn.class);
        List<AverageColumn> features = new ArrayList<>();
        for (String name : part.split(",", -1)) {
            AverageColumn feature = column(text, name, false);
            if (!seen.add(feature)) {
                throw mistake(text, "each feature once", "'" + name.strip() + "' twice");
            }
            features.add(feature);
        }
        return features;
    }

    private static List<Condition> conditions(String text, String part) {
        List<Condition> conditions = new ArrayList<>();
        for (String condition : AND.split(part, -1)) {
            conditions.add(condition(text, condition.strip()));
        }
        return conditions;
    }

    private static Condition condition(String text, String condition) {
        Matcher parts = CONDITION.matcher(condition);
        if (!parts.matches()) {
            throw mistake(
                    text,
                    "a condition 'column = number' (or != < <= > >=), conditions joined by 'and'",
                    found(condition));
        }
        String number = parts.group(3);
        if (!NUMBER.matcher(number).matches() || !Double.isFinite(Double.parseDouble(number))) {
            throw mistake(text, "a number after " + parts.group(1) + " " + parts.group(2), found(number));
        }
        return new Condition(
                column(text, parts.group(1), false),
                Comparison.signed(parts.group(2)),
                Double.parseDouble(number) + 0.0); // -0 + 0 is 0: one spelling
    }

    private static AverageColumn column(String text, String name, boolean target) {
        return AverageColumn.named(name.strip())
                .filter(column -> column.isTarget() == target)
                .orElseThrow(() -> mistake(
                        text,
                        (target ? "a target (" : "a feature (") + String.join(", ", AverageColumn.names(target)) + ")",
                        found(name.strip())));
    }

    private static String found(String part) {
        return part.isEmpty() ? "nothing" : "'" + part + "'";
    }

    private static InvalidInputException mistake(String text, String expected, String found) {
        return new InvalidInputException("expected " + expected + ", found " + found + " in '" + text.strip() + "'");
    }
}

package org.mtlfarm.producer.study;

import java.io.StringReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

/**
 * Reads a study's file. Every mistake in it is reported at once, in one {@link InvalidInputException} with a line a
 * mistake: {@code studies/x.yaml:7: grid.alpha[2]: expected a number in [0, 1], found 1.3}. A single value stands for a
 * list of one. Relative paths are taken from the study's folder.
 */
public final class StudyReader {
    static {
        AvroCodec.trustMessages();
    }

    /** Defaults of a study: the paper's settings where it names them. */
    private static final int RUNS = 5;

    private static final int MAX_ATTEMPTS = 3;
    private static final int EPOCHS = 100;
    private static final int HIDDEN = 300;
    private static final int BATCH = 100;
    private static final double LEARNING_RATE = 0.001;
    private static final List<Integer> SHARED_LAYERS = List.of(2);

    private static final String BUILTIN = "builtin";
    private static final String SPELLING = "spelling";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Path folder;

    private StudyReader(Path folder) {
        this.folder = folder;
    }

    /** The study in a file. */
    public static Study read(Path file) {
        return parse(
                StudyText.read(file), file.toString(), file.toAbsolutePath().getParent());
    }

    /**
     * The study in a text.
     *
     * @param file what mistakes call it
     * @param folder from which relative paths are taken
     */
    public static Study parse(String text, String file, Path folder) {
        StudyMistakes mistakes = new StudyMistakes(file);
        Node root = compose(text, file);
        Optional<Study> study = new StudyReader(folder).study(new YamlValue(root, "", mistakes, new HashMap<>()), file);
        mistakes.throwIfAny();
        return study.orElseThrow(() -> new IllegalStateException(file + " is no study, but no mistake was found"));
    }

    private static Node compose(String text, String file) {
        try {
            Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (root == null || root.getTag().equals(Tag.NULL)) {
                throw new InvalidInputException(file + ":1: expected a study (study:, corpus:, grid: ...), found "
                        + (text.isBlank() ? "an empty file" : "no keys"));
            }
            return root;
        } catch (MarkedYAMLException e) {
            String context = e.getContext() == null ? "" : " " + e.getContext();
            throw new InvalidInputException(
                    file + ":" + (e.getProblemMark().getLine() + 1) + ": column "
                            + (e.getProblemMark().getColumn() + 1) + ": expected YAML, found a fault"
                            + StudyMistakes.shown(context).replaceFirst("^(?=.)", " ") + ": " + e.getProblem(),
                    e);
        } catch (YAMLException e) {
            throw new InvalidInputException(
                    file + ":1: expected YAML, found a fault: " + StudyMistakes.shown(String.valueOf(e.getMessage())),
                    e);
        }
    }

    private Optional<Study> study(YamlValue root, String file) {
        YamlMapping keys = root.mapping(List.of(
                "study",
                "corpus",
                "vectors",
                "runs",
                "maxAttempts",
                "deadline",
                "grid",
                "experiments",
                "controls",
                "sampling",
                "training",
                "formulas"));
        Optional<String> name = keys.required("study", "the study's name").flatMap(StudyReader::name);
        Optional<String> corpus = orDefault(keys, "corpus", this::corpus, BUILTIN);
        Optional<String> vectors = orDefault(keys, "vectors", this::vectors, BUILTIN);
        Optional<Integer> runs = orDefault(keys, "runs", value -> value.wholeNumber(1, 1000), RUNS);
        Optional<Integer> attempts = orDefault(keys, "maxAttempts", value -> value.wholeNumber(1, 100), MAX_ATTEMPTS);
        Optional<Duration> deadline = orDefault(keys, "deadline", YamlValue::duration, Duration.ZERO);
        Optional<TrainingSettings> training = training(keys.get("training"));
        Optional<List<FormulaSpecification>> formulas = orDefault(keys, "formulas", StudyReader::formulas, List.of());
        Optional<List<Grid>> grids = grids(keys, root);
        Optional<List<Control>> controls =
                orDefault(keys, "controls", v -> v.list("controls", e -> e.constant(Control.class)), List.of());
        Optional<Optional<AdaptiveSampling>> sampling =
                orDefault(keys, "sampling", StudyReader::sampling, Optional.empty());
        if (keys.get("sampling").isPresent() && sampling.flatMap(s -> s).isPresent()) {
            checkAdaptive(keys, root, runs.orElse(RUNS), grids.orElse(List.of()), formulas.orElse(List.of()));
        }
        boolean complete = Stream.of(
                        name, corpus, vectors, runs, attempts, deadline, training, formulas, grids, controls, sampling)
                .allMatch(Optional::isPresent);
        return complete
                ? Optional.of(new Study(
                        name.get(),
                        corpus.get(),
                        vectors.get(),
                        runs.get(),
                        attempts.get(),
                        deadline.get(),
                        grids.get(),
                        Set.copyOf(controls.get()),
                        sampling.get(),
                        training.get(),
                        formulas.get(),
                        new StudyLines(file, root.lines())))
                : Optional.empty();
    }

    private static Optional<String> name(YamlValue value) {
        String expected = "a name of letters, digits, '.', '_' and '-' that begins with a letter or digit";
        return value.text(expected).filter(text -> {
            boolean fits = NAME.matcher(text).matches();
            if (!fits) {
                value.mistake(expected);
            }
            return fits;
        });
    }

    private Optional<String> corpus(YamlValue value) {
        if (!value.isMapping()) {
            return source(value, "'builtin', a folder, {train: F, dev: F, test: F}, or {folder: F, tags: 4}");
        }
        YamlMapping keys = value.mapping(List.of("folder", "train", "dev", "test", "word", "tags", "scheme"));
        boolean folder = keys.get("folder").isPresent();
        List<String> parts = folder ? List.of("folder") : List.of("train", "dev", "test");
        if (folder) {
            for (String part : List.of("train", "dev", "test")) {
                keys.get(part)
                        .ifPresent(v ->
                                v.mistakes().add(v.line(), v.path(), "folder:, or train:, dev: and test:", "both"));
            }
        }
        List<String> files = parts.stream()
                .flatMap(
                        part -> keys.required(part, "a file").flatMap(this::partFile).map(f -> part + "=" + f).stream())
                .toList();
        Optional<String> columns = SourceColumns.of(keys);
        Optional<String> scheme = keys.get("scheme").isEmpty()
                ? Optional.of("")
                : keys.get("scheme").get().text("a tag scheme").map(name -> ",scheme=" + name);
        return files.size() == parts.size() && columns.isPresent() && scheme.isPresent()
                ? Optional.of(String.join(",", files) + columns.get() + scheme.get())
                : Optional.empty();
    }

    private Optional<String> partFile(YamlValue value) {
        return value.text("a file").flatMap(text -> resolve(value, text)).filter(path -> {
            boolean fits = path.indexOf(',') < 0;
            if (!fits) {
                value.mistake("a file without ',' in its path");
            }
            return fits;
        });
    }

    private Optional<String> vectors(YamlValue value) {
        String expected = "'builtin', 'spelling' or a file";
        return value.text(expected)
                        .filter(text -> text.equals(SPELLING) || text.startsWith(SPELLING + ":"))
                        .isPresent()
                ? value.text(expected)
                : source(value, expected);
    }

    private Optional<String> source(YamlValue value, String expected) {
        return value.text(expected)
                .flatMap(text -> text.equals(BUILTIN) || text.startsWith(BUILTIN + ":") || text.equals(Study.GIVEN)
                        ? Optional.of(text)
                        : resolve(value, text));
    }

    private Optional<String> resolve(YamlValue value, String path) {
        try {
            return Optional.of(folder.resolve(path).normalize().toString());
        } catch (InvalidPathException e) {
            value.mistake("a path");
            return Optional.empty();
        }
    }

    /** {@code full}, {@code adaptive}, or the settings of an adaptive study. */
    private static Optional<Optional<AdaptiveSampling>> sampling(YamlValue value) {
        String expected = "'full', 'adaptive', or {precision: 0.02, first: 16, batch: 6}";
        if (!value.isMapping()) {
            return value.text(expected).flatMap(text -> {
                if (text.equals("full")) {
                    return Optional.of(Optional.empty());
                }
                if (text.equals("adaptive")) {
                    return Optional.of(Optional.of(new AdaptiveSampling(AdaptiveSampling.USUAL_PRECISION, 0, 0)));
                }
                value.mistake(expected);
                return Optional.empty();
            });
        }
        YamlMapping keys = value.mapping(List.of("precision", "first", "batch"));
        Optional<Double> precision =
                orDefault(keys, "precision", YamlValue::positiveRatio, AdaptiveSampling.USUAL_PRECISION);
        Optional<Integer> first = orDefault(keys, "first", v -> v.wholeNumber(8, 100_000), 0);
        Optional<Integer> batch = orDefault(keys, "batch", v -> v.wholeNumber(1, 100_000), 0);
        return Stream.of(precision, first, batch).allMatch(Optional::isPresent)
                ? Optional.of(Optional.of(new AdaptiveSampling(precision.get(), first.get(), batch.get())))
                : Optional.empty();
    }

    /** What an adaptive study cannot do: it must be able to tell, of every experiment, what its law says of it. */
    private static void checkAdaptive(
            YamlMapping keys, YamlValue root, int runs, List<Grid> grids, List<FormulaSpecification> formulas) {
        if (runs < 2) {
            YamlValue wanted = keys.get("runs").orElseThrow();
            wanted.mistakes()
                    .add(
                            wanted.line(),
                            "runs",
                            "2 or more beside sampling: adaptive, which learns from their spread how sure an average is",
                            Integer.toString(runs));
        }
        keys.get("controls")
                .ifPresent(v -> v.mistakes().add(v.line(), v.path(), "no controls: beside sampling: adaptive", "them"));
        for (Grid grid : grids) {
            if (!grid.mixtures().isEmpty()) {
                root.mistakes().add(root.line(), grid.path(), "no others: beside sampling: adaptive", "them");
            }
        }
        boolean speaksOfAll = formulas.stream()
                .anyMatch(formula -> formula.target() == AverageColumn.F1
                        && formula.conditions().isEmpty());
        if (!speaksOfAll) {
            YamlValue sampling = keys.get("sampling").orElseThrow();
            sampling.mistakes()
                    .add(
                            sampling.line(),
                            "formulas",
                            "a formula of f1 without a condition, which says where the law is unsure",
                            "none");
        }
    }

    private static Optional<TrainingSettings> training(Optional<YamlValue> given) {
        TrainingSettings.Builder settings = TrainingSettings.newBuilder()
                .setEpochs(EPOCHS)
                .setHidden(HIDDEN)
                .setBatch(BATCH)
                .setLearningRate(LEARNING_RATE);
        if (given.isPresent()) {
            YamlMapping keys = given.get()
                    .mapping(List.of(
                            "epochs",
                            "batch",
                            "learningRate",
                            "hidden",
                            "strategy",
                            "readout",
                            "labels",
                            "scoring",
                            "amiNormalisation"));
            keys.get("epochs").flatMap(v -> v.wholeNumber(1, 100_000)).ifPresent(settings::setEpochs);
            keys.get("batch").flatMap(v -> v.wholeNumber(1, 100_000)).ifPresent(settings::setBatch);
            keys.get("learningRate").flatMap(v -> v.positiveRatio()).ifPresent(settings::setLearningRate);
            keys.get("hidden").flatMap(v -> v.wholeNumber(1, 4096)).ifPresent(settings::setHidden);
            keys.get("strategy").flatMap(v -> v.constant(Strategy.class)).ifPresent(settings::setStrategy);
            keys.get("readout").flatMap(v -> v.constant(Readout.class)).ifPresent(settings::setReadout);
            keys.get("labels").flatMap(v -> v.constant(LabelDraw.class)).ifPresent(settings::setLabels);
            keys.get("scoring").flatMap(v -> v.constant(Scoring.class)).ifPresent(settings::setScoring);
            keys.get("amiNormalisation")
                    .flatMap(v -> v.constant(AmiNormalisation.class))
                    .ifPresent(settings::setAmiNormalisation);
        }
        return Optional.of(settings.build());
    }

    private static Optional<List<FormulaSpecification>> formulas(YamlValue value) {
        return value.list(
                "formulas such as 'f1 ~ tokens'",
                element -> element.text("a formula such as 'f1 ~ tokens'").flatMap(text -> {
                    try {
                        return Optional.of(FormulaSpecification.parse(text));
                    } catch (InvalidInputException e) {
                        element.mistakes().add(element.line(), element.path(), e.getMessage());
                        return Optional.empty();
                    }
                }));
    }

    private Optional<List<Grid>> grids(YamlMapping keys, YamlValue root) {
        Optional<YamlValue> grid = keys.get("grid");
        Optional<YamlValue> experiments = keys.get("experiments");
        if (grid.isEmpty() && experiments.isEmpty() && root.isMapping()) {
            root.mistakes().add(root.line(), "grid", "a grid: or experiments:", "neither");
            return Optional.empty();
        }
        Optional<List<Grid>> combined = grid.isEmpty()
                ? Optional.of(List.of())
                : grid.get()
                        .list("grids such as {tasks: [1, 2], tokens: [500, 1000], alpha: 0.9}", g -> grid(g, false));
        Optional<List<Grid>> single = experiments.isEmpty()
                ? Optional.of(List.of())
                : experiments
                        .get()
                        .list("experiments such as {tasks: 2, tokens: 1000, alpha: 0.9}", e -> grid(e, true));
        return combined.flatMap(some -> single.map(
                others -> Stream.concat(some.stream(), others.stream()).toList()));
    }

    /**
     * @param single whether lists are mistakes, since one experiment is described
     */
    private Optional<Grid> grid(YamlValue value, boolean single) {
        YamlMapping keys = value.mapping(List.of("tasks", "tokens", "alpha", "ami", "others", "sharedLayers"));
        Optional<Tokens> tokens =
                keys.required("tokens", "numbers of training tokens a task").flatMap(v -> tokens(v, single));
        Optional<List<Integer>> layers = orDefault(
                keys,
                "sharedLayers",
                v -> factor(v, single, "numbers of shared layers", e -> e.wholeNumber(0, 3)),
                SHARED_LAYERS);
        if (keys.get("others").isPresent()) {
            return mixed(value, keys, keys.get("others").get(), tokens, layers, single);
        }
        Optional<List<Integer>> tasks = keys.required("tasks", "numbers of tasks, the real one included")
                .flatMap(v -> factor(v, single, "numbers of tasks", e -> e.wholeNumber(1, 1000)));
        Optional<Relatedness> relatedness = relatedness(value, keys, tasks, single);
        return Stream.of(tasks, tokens, layers, relatedness).allMatch(Optional::isPresent)
                ? Optional.of(new Grid(value.path(), tasks.get(), tokens.get(), relatedness.get(), layers.get()))
                : Optional.empty();
    }

    private Optional<Grid> mixed(
            YamlValue grid,
            YamlMapping keys,
            YamlValue others,
            Optional<Tokens> tokens,
            Optional<List<Integer>> layers,
            boolean single) {
        boolean right = true;
        for (String key : List.of("tasks", "alpha", "ami")) {
            Optional<YamlValue> value = keys.get(key);
            value.ifPresent(v -> v.mistakes()
                    .add(v.line(), v.path(), "no " + key + ": beside others:, which says it of each task", v.found()));
            right &= value.isEmpty();
        }
        Optional<List<Mixture>> mixtures =
                new MixtureReader(single, v -> v.text("a file").flatMap(text -> resolve(v, text))).read(others);
        return right && tokens.isPresent() && layers.isPresent() && mixtures.isPresent()
                ? Optional.of(Grid.of(grid.path(), mixtures.get(), tokens.get(), layers.get()))
                : Optional.empty();
    }

    private static Optional<Tokens> tokens(YamlValue value, boolean single) {
        if (!value.isMapping()) {
            return tokenCounts(value, single).map(real -> new Tokens(real, List.of()));
        }
        YamlMapping keys = value.mapping(List.of("real", "synthetic"));
        Optional<List<Integer>> real =
                keys.required("real", "training tokens of the real task").flatMap(v -> tokenCounts(v, single));
        Optional<List<Integer>> synthetic = keys.required("synthetic", "training tokens of each artificial task")
                .flatMap(v -> tokenCounts(v, single));
        return real.flatMap(some -> synthetic.map(others -> new Tokens(some, others)));
    }

    private static Optional<List<Integer>> tokenCounts(YamlValue value, boolean single) {
        return factor(value, single, "numbers of tokens", element -> element.wholeNumber(1, 999_999_999));
    }

    private static Optional<Relatedness> relatedness(
            YamlValue grid, YamlMapping keys, Optional<List<Integer>> tasks, boolean single) {
        Optional<YamlValue> alpha = keys.get("alpha");
        Optional<YamlValue> ami = keys.get("ami");
        if (alpha.isPresent() && ami.isPresent()) {
            ami.get().mistakes().add(ami.get().line(), ami.get().path(), "alpha: or ami:", "both");
            return Optional.empty();
        }
        if (alpha.isEmpty() && ami.isEmpty()) {
            boolean alone = tasks.map(list -> list.stream().allMatch(count -> count == 1))
                    .orElse(true);
            if (!alone) {
                grid.mistakes()
                        .add(grid.line(), grid.path(), "alpha: or ami: (more than one task needs it)", "neither");
            }
            return alone ? Optional.of(new Relatedness(Relatedness.Measure.ALPHA, List.of(1.0))) : Optional.empty();
        }
        Relatedness.Measure measure = alpha.isPresent() ? Relatedness.Measure.ALPHA : Relatedness.Measure.AMI;
        return alpha.or(() -> ami)
                .flatMap(v -> factor(v, single, "numbers in [0, 1]", YamlValue::ratio))
                .map(values -> new Relatedness(measure, values));
    }

    /** The values of one factor. */
    private static <T> Optional<List<T>> factor(
            YamlValue value, boolean single, String expected, Function<YamlValue, Optional<T>> read) {
        if (single && value.isList()) {
            value.mistake("one value (lists of values make a grid: put them under grid:)");
            return Optional.empty();
        }
        return value.list(expected, read);
    }

    private static <T> Optional<T> orDefault(
            YamlMapping keys, String key, Function<YamlValue, Optional<T>> read, T otherwise) {
        Optional<YamlValue> value = keys.get(key);
        return value.isPresent() ? read.apply(value.get()) : Optional.of(otherwise);
    }
}

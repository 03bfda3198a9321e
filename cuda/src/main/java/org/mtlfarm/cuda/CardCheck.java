package org.mtlfarm.cuda;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.fused.FusedEngine;

/**
 * Checks a card: versions, correctness against {@code fused}, speed and memory of gangs, in both precisions. Needs a JRE, this
 * module's class path, a driver and CUDA 13's libraries; exits 0 if what was computed is right, 1 if not or if there is no card, 2
 * on wrong usage.
 */
public final class CardCheck {
    private static final String USAGE = """
            Usage: CardCheck [--json] [--emulated] [--precision strict|tf32] [--gangs 1,2,4,...] [--seconds N] [--seeds N]
                             [--only versions|correctness|scores|speed] [--lanes 16,32,...]
            --emulated   no card: the host's compiler and BLAS in its place, tiny sizes; its speeds mean nothing
            --precision  one of the two (default: both)
            --gangs      sizes to time (default: 1 to 256, doubling)
            --lanes      most members in a round, to be timed with the largest gang (default: 16, 32, 64, 128, 256)
            --seconds    of each timing (default 3)
            --seeds      runs of each engine on the built-in corpus (default 10)
            FARM_CUDA_CARD chooses the card, FARM_CUDA_LIBRARIES names folders of CUDA's libraries, FARM_CUDA_GRAPHS=off
            launches every kernel by itself.""";

    /** Losses of {@code cuda} in strict FP32 follow {@code fused} this closely over 100 steps. */
    static final double LOSS_TOLERANCE = 1e-3;

    /** Gradients likewise, relative to the largest of their block. */
    static final double GRADIENT_TOLERANCE = 1e-3;

    /** Losses of a run in a gang and alone, over as many steps: other products for other numbers of members. */
    static final double GANG_TOLERANCE = 1e-3;

    /** Standard errors that two means over seeds may be apart: 99 % of the time where they are the same. */
    static final double STANDARD_ERRORS = 2.9;

    /** Adam steps of the paper's balanced study. */
    private static final double BALANCED_STUDY = 77.75e6;

    private final PrintStream out;
    private final Options options;
    private final Map<String, Object> report = new LinkedHashMap<>();
    private boolean right = true;

    /** What was asked for. */
    record Options(
            boolean json,
            boolean emulated,
            List<Precision> precisions,
            List<Integer> gangs,
            List<Integer> lanes,
            double seconds,
            int seeds,
            String only) {
        static Options of(String... arguments) {
            boolean json = false;
            boolean emulated = false;
            List<Precision> precisions = List.of(Precision.values());
            List<Integer> gangs = null;
            List<Integer> lanes = null;
            double seconds = 3;
            int seeds = 10;
            String only = "";
            for (int index = 0; index < arguments.length; index++) {
                String name = arguments[index];
                if (name.equals("--json")) {
                    json = true;
                } else if (name.equals("--emulated")) {
                    emulated = true;
                } else if (index + 1 == arguments.length) {
                    throw new InvalidInputException("expected a value after " + name + "\n" + USAGE);
                } else {
                    String value = arguments[++index];
                    switch (name) {
                        case "--precision" ->
                            precisions = read(
                                    name, value, text -> List.of(Precision.valueOf(text.toUpperCase(Locale.ROOT))));
                        case "--gangs" -> gangs = read(name, value, Options::sizes);
                        case "--lanes" -> lanes = read(name, value, Options::sizes);
                        case "--seconds" -> seconds = read(name, value, Double::valueOf);
                        case "--seeds" -> seeds = read(name, value, Integer::valueOf);
                        case "--only" -> only = value;
                        default -> throw new InvalidInputException("there is no " + name + "\n" + USAGE);
                    }
                }
            }
            int most = emulated ? 4 : 256;
            if (lanes == null) {
                lanes = doubling(emulated ? 2 : 16, most);
            }
            if (gangs == null) {
                gangs = doubling(1, most);
            }
            return new Options(json, emulated, precisions, gangs, lanes, seconds, seeds, only);
        }

        private static List<Integer> sizes(String text) {
            return Stream.of(text.split(","))
                    .map(Integer::valueOf)
                    .filter(size -> size > 0 && size <= MemoryPlan.MOST_LANES)
                    .toList();
        }

        private static List<Integer> doubling(int least, int most) {
            return IntStream.iterate(least, size -> size <= most, size -> 2 * size)
                    .boxed()
                    .toList();
        }

        private static <T> T read(String name, String value, Function<String, T> reader) {
            try {
                return reader.apply(value);
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException("not a value for " + name + ": " + value + "\n" + USAGE);
            }
        }

        boolean wants(String part) {
            return only.isEmpty() || only.equals(part);
        }
    }

    CardCheck(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] arguments) {
        System.exit(run(System.out, arguments));
    }

    static int run(PrintStream out, String... arguments) {
        try {
            if (List.of(arguments).contains("--help")) {
                out.println(USAGE);
                return 0;
            }
            return new CardCheck(Options.of(arguments), out).check() ? 0 : 1;
        } catch (InvalidInputException e) {
            System.err.println("cardcheck: " + e.getMessage());
            return 2;
        } catch (DeviceException e) {
            System.err.println("cardcheck: " + e.getMessage());
            return 1;
        }
    }

    private boolean check() {
        for (Precision precision : options.precisions) {
            CudaSettings found = CudaSettings.of(System::getenv);
            CudaSettings settings = new CudaSettings(
                    options.emulated
                            ? OptionalInt.empty()
                            : OptionalInt.of(found.card().orElse(0)),
                    precision,
                    found.graphs(),
                    found.lanes());
            Device device = CudaProvider.device(settings);
            try (CudaEngine engine = new CudaEngine(device, settings.ofEngine(), CardCheck::lost)) {
                if (report.isEmpty()) {
                    versions(device.facts());
                }
                Map<String, Object> part = new LinkedHashMap<>();
                report.put(precision.name().toLowerCase(Locale.ROOT), part);
                say("%n== %s", precision == Precision.STRICT ? "strict FP32" : "TF32");
                if (options.wants("correctness")) {
                    correctness(engine, precision, part);
                }
                if (options.wants("scores")) {
                    scores(engine, part);
                }
                if (options.wants("speed")) {
                    speed(engine, precision, part);
                }
            }
        }
        report.put("right", right);
        say("%n%s", right ? "what was checked is right" : "something is NOT right: see above");
        if (options.json) {
            try {
                out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("the report could not be written: " + e.getMessage(), e);
            }
        }
        return right;
    }

    private static void lost(DeviceException error) {
        System.err.println("cardcheck: the card cannot be used any more: " + error.getMessage());
        Runtime.getRuntime().halt(1);
    }

    private void versions(DeviceFacts facts) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("card", facts.name());
        part.put("computeCapability", facts.capability());
        part.put("libraries", facts.libraries());
        part.put("memoryBytes", facts.memoryBytes());
        facts.strictFlops().ifPresent(peak -> part.put("peakStrictFlops", peak));
        facts.tensorFlops().ifPresent(peak -> part.put("peakTensorFlops", peak));
        facts.bytesPerSecond().ifPresent(peak -> part.put("peakBytesPerSecond", peak));
        part.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
        part.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
        part.put("fused", new FusedEngine().version());
        report.put("versions", part);
        part.forEach((name, value) -> say("%-20s %s", name, value));
    }

    private void correctness(CudaEngine engine, Precision precision, Map<String, Object> part) {
        Comparison comparison = options.emulated ? Comparison.tiny() : Comparison.ofAuthorsNetwork();
        Comparison.Found found = comparison.with(engine);
        boolean strict = precision == Precision.STRICT;
        part.put("gradientDistance", found.gradientDistance());
        part.put("lossDistance", found.lossDistance());
        part.put("gangDistance", found.gangDistance());
        say("gradients   largest distance from fused %.2e of the largest of their block", found.gradientDistance());
        say("losses      largest distance from fused over %d steps %.2e", Comparison.STEPS, found.lossDistance());
        say(
                "gangs       largest distance of the losses in a gang of %d from those alone %.2e",
                Comparison.GANG, found.gangDistance());
        if (strict) {
            require(
                    found.gradientDistance() <= GRADIENT_TOLERANCE,
                    "gradients are further away than " + GRADIENT_TOLERANCE);
            require(found.lossDistance() <= LOSS_TOLERANCE, "losses are further away than " + LOSS_TOLERANCE);
            require(found.gangDistance() <= GANG_TOLERANCE, "gangs are further away than " + GANG_TOLERANCE);
        }
    }

    private void scores(CudaEngine engine, Map<String, Object> part) {
        BuiltinScores scores = new BuiltinScores(options.emulated);
        List<Double> cuda = all(engine, scores, Math.min(options.seeds, 64));
        @SuppressWarnings("unchecked")
        List<Double> fused = (List<Double>) report.computeIfAbsent(
                "fusedF1",
                name -> all(new FusedEngine(), scores, Runtime.getRuntime().availableProcessors()));
        double distance = mean(cuda) - mean(fused);
        double error = Math.sqrt((variance(cuda) + variance(fused)) / options.seeds);
        part.put("f1", cuda);
        part.put("f1Distance", distance);
        part.put("f1StandardError", error);
        say(
                "F1          mean over %d seeds %.4f, of fused %.4f: %+.4f, standard error %.4f",
                options.seeds, mean(cuda), mean(fused), distance, error);
        require(Math.abs(distance) <= STANDARD_ERRORS * error + 1e-9, "F1 differs by more than chance would have it");
    }

    private List<Double> all(Engine engine, BuiltinScores scores, int threads) {
        ExecutorService slots = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Double>> runs = IntStream.range(0, options.seeds)
                    .mapToObj(seed -> slots.submit(() -> scores.f1(engine, seed)))
                    .toList();
            List<Double> f1 = new ArrayList<>();
            for (Future<Double> run : runs) {
                f1.add(run.get());
            }
            return f1;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            slots.shutdownNow();
        }
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    private static double variance(List<Double> numbers) {
        double mean = mean(numbers);
        return numbers.stream()
                        .mapToDouble(number -> (number - mean) * (number - mean))
                        .sum()
                / Math.max(1, numbers.size() - 1);
    }

    private void speed(CudaEngine engine, Precision precision, Map<String, Object> part) {
        GangTiming timing = options.emulated
                ? new GangTiming(
                        engine, Comparison.tiny().shape(), Comparison.tiny().batch())
                : new GangTiming(engine);
        MemoryPlan memory = timing.memory();
        StepPlan plan = timing.plan();
        DeviceFacts facts = engine.device().facts();
        double flops = (precision == Precision.TF32 ? facts.tensorFlops() : facts.strictFlops()).orElse(Double.NaN);
        double byOperations = plan.flops() / flops;
        double byBytes = plan.leastBytes() / facts.bytesPerSecond().orElse(Double.NaN);
        double floor = Math.max(byOperations, byBytes);
        say(
                "%n%s%d launches a step; %.2f GFLOP and at least %.1f MB a model's step",
                memory.describe(), plan.launches(), plan.flops() / 1e9, plan.leastBytes() / 1e6);
        say(
                "%n%8s %14s %10s %10s %12s %12s %14s",
                "models", "model steps/s", "us a step", "GB taken", "of the peak", "of the floor", "77.75M steps");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int models : options.gangs) {
            if (models > timing.modelsThatFit()) {
                say("%8d does not fit into free memory", models);
                break;
            }
            GangTiming.Measured measured = timing.measure(models, options.seconds);
            double rate = measured.stepsPerSecond();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("models", models);
            row.put("modelStepsPerSecond", rate);
            row.put("memoryBytes", measured.memoryBytes());
            row.put("steps", measured.steps());
            row.put("seconds", measured.seconds());
            if (!Double.isNaN(floor)) {
                row.put("fractionOfPeak", rate * byOperations);
                row.put("fractionOfFloor", rate * floor);
            }
            row.put("hoursOfBalancedStudy", BALANCED_STUDY / rate / 3600);
            rows.add(row);
            say(
                    "%8d %14.1f %10.1f %10.3f %12s %12s %12.2f h",
                    models,
                    rate,
                    1e6 / rate,
                    measured.memoryBytes() / 1e9,
                    percent(rate * byOperations),
                    percent(rate * floor),
                    BALANCED_STUDY / rate / 3600);
        }
        part.put("lanes", lanes(engine.device(), timing.largest(options.gangs), precision));
        part.put("flopsOfStep", plan.flops());
        part.put("leastBytesOfStep", plan.leastBytes());
        part.put("bytesOfMember", memory.bytesOfMember());
        part.put("launchesOfStep", plan.launches());
        part.put("gangs", rows);
    }

    /** How many members in a round are best, for the setting FARM_CUDA_LANES. */
    private List<Map<String, Object>> lanes(Device device, int models, Precision precision) {
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean graphs = CudaSettings.of(System::getenv).graphs();
        for (int lanes : options.lanes) {
            if (lanes > models && !rows.isEmpty()) {
                break;
            }
            // Not closed, as that would close the device; its gangs end with their models.
            CudaEngine engine =
                    new CudaEngine(device, new CudaEngine.Settings(precision, graphs, lanes), CardCheck::lost);
            GangTiming timing = options.emulated
                    ? new GangTiming(
                            engine, Comparison.tiny().shape(), Comparison.tiny().batch())
                    : new GangTiming(engine);
            double rate = timing.measure(models, options.seconds).stepsPerSecond();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("lanes", lanes);
            row.put("models", models);
            row.put("modelStepsPerSecond", rate);
            rows.add(row);
            say("%8d models in rounds of at most %4d: %.1f model steps/s", models, lanes, rate);
        }
        return rows;
    }

    private static String percent(double fraction) {
        return Double.isNaN(fraction) ? "-" : "%.1f %%".formatted(100 * fraction);
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            right = false;
            say("NOT RIGHT: %s", otherwise);
        }
    }

    private void say(String format, Object... values) {
        (options.json ? System.err : out).println(String.format(Locale.ROOT, format, values));
    }
}

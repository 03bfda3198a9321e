package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.mtlfarm.schemas.RunKey;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A farm of real processes on which faults come down by a schedule that a seed decides. A short one by itself; {@code
 * benchmarks/farm faults} runs many and long ones, and each fault alone.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "faults are signals and mounts")
class FaultScheduleTest {
    /** For the farm to come to its end after the last fault. */
    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("farm.faults.patience", 600));

    @TempDir
    private Path folder;

    /** When what breaks. */
    private record Schedule(
            String name,
            long seed,
            Map<Integer, Fault> byMillis,
            boolean endlessRun,
            boolean crashingRun,
            WallClocks clocks,
            boolean gangs) {
        private Schedule(
                String name,
                long seed,
                Map<Integer, Fault> byMillis,
                boolean endlessRun,
                boolean crashingRun,
                WallClocks clocks) {
            this(name, seed, byMillis, endlessRun, crashingRun, clocks, false);
        }

        private static Schedule ofGangs(String name, Map<Integer, Fault> byMillis, boolean endless, boolean crashing) {
            return new Schedule(name, byMillis.size(), byMillis, endless, crashing, WallClocks.RIGHT, true);
        }

        /** Four faults in a few seconds. */
        static Schedule ofShort(long seed) {
            return drawn(seed, 4, 8000, Set.of(Fault.BROKERS_DISK_FULL, Fault.BROKER_STOPPED), false);
        }

        /** Four to seven faults in twenty seconds, sometimes runs that never end or that crash their workers. */
        static Schedule ofLong(long seed) {
            return drawn(seed, 4 + new Random(seed).nextInt(4), 18_000, Set.of(), true);
        }

        /** Each fault, each kind of doomed run and each way of a clock to be off, by itself. */
        static List<Schedule> alone() {
            List<Schedule> all = new ArrayList<>();
            for (Fault fault : Fault.values()) {
                all.add(new Schedule(
                        fault.name(), fault.ordinal(), Map.of(4000, fault), false, false, WallClocks.RIGHT));
            }
            all.add(new Schedule("A_RUN_NEVER_ENDS", 0, Map.of(), true, false, WallClocks.RIGHT));
            all.add(new Schedule("A_RUN_CRASHES_ITS_WORKERS", 0, Map.of(), false, true, WallClocks.RIGHT));
            all.add(new Schedule("CLOCKS_AHEAD", 0, Map.of(), false, false, WallClocks.AHEAD));
            all.add(new Schedule("CLOCKS_BEHIND", 0, Map.of(), false, false, WallClocks.BEHIND));
            all.addAll(ofGangs());
            return all;
        }

        /** Workers of many slots whose runs make their steps together. */
        static List<Schedule> ofGangs() {
            List<Schedule> all = new ArrayList<>();
            for (Fault fault : List.of(
                    Fault.WORKER_KILLED,
                    Fault.WORKER_KILLED_BETWEEN_RESULT_AND_ACKNOWLEDGEMENT,
                    Fault.WORKER_CRASHES_IN_NATIVE_CODE,
                    Fault.WORKER_STOPPED_PAST_ITS_LOCK,
                    Fault.SLOT_STALLED_PAST_ITS_LOCK,
                    Fault.WORKER_TOLD_TO_STOP,
                    Fault.NETWORK_CUT,
                    Fault.BROKER_KILLED)) {
                all.add(ofGangs("GANG_" + fault, Map.of(2500, fault), false, false));
            }
            all.add(ofGangs(
                    "GANG_KILLED_AGAIN_AND_AGAIN",
                    Map.of(
                            2000, Fault.WORKER_KILLED,
                            4000, Fault.WORKER_KILLED,
                            6000, Fault.WORKER_STOPPED_PAST_ITS_LOCK,
                            9000, Fault.WORKER_KILLED),
                    false,
                    false));
            all.add(ofGangs("GANG_WITH_A_RUN_THAT_NEVER_ENDS", Map.of(), true, false));
            all.add(ofGangs("GANG_WITH_A_RUN_THAT_CRASHES_IT", Map.of(), false, true));
            return all;
        }

        private static Schedule drawn(long seed, int count, int millis, Set<Fault> spared, boolean doomedRuns) {
            Random random = new Random(seed);
            List<Fault> faults = Stream.of(Fault.values())
                    .filter(fault -> !spared.contains(fault) && !fault.onlyAlone())
                    .toList();
            Map<Integer, Fault> drawn = new TreeMap<>();
            while (drawn.size() < count) {
                drawn.put(2000 + random.nextInt(millis), faults.get(random.nextInt(faults.size())));
            }
            return new Schedule(
                    "seed " + seed,
                    seed,
                    drawn,
                    doomedRuns && random.nextInt(3) == 0,
                    doomedRuns && random.nextInt(5) == 0,
                    WallClocks.drawn(random));
        }

        @Override
        public String toString() {
            return name + ": " + byMillis + (gangs ? ", gangs" : "") + (endlessRun ? ", a run that never ends" : "")
                    + (crashingRun ? ", a run that crashes its workers" : "")
                    + (clocks.equals(WallClocks.RIGHT) ? "" : ", clocks: " + clocks);
        }
    }

    /**
     * {@code farm.faults}: {@code short} (the default), {@code alone}, {@code gangs}, the name of one of these, or seeds of long schedules such
     * as {@code 1-50}.
     */
    static List<Schedule> schedules() {
        String wanted = System.getProperty("farm.faults", "short");
        if (wanted.equals("gangs")) {
            return Schedule.ofGangs();
        }
        if (wanted.equals("short")) {
            return List.of(Schedule.ofShort(Long.getLong("farm.faults.seed", 1)));
        }
        if (!Character.isDigit(wanted.charAt(0))) {
            return Schedule.alone().stream()
                    .filter(schedule ->
                            wanted.equals("alone") || schedule.name().equals(wanted))
                    .toList();
        }
        String[] ends = wanted.split("-");
        List<Schedule> all = new ArrayList<>();
        for (long seed = Long.parseLong(ends[0]); seed <= Long.parseLong(ends[ends.length - 1]); seed++) {
            all.add(Schedule.ofLong(seed));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void nothingIsLostAndNothingCountedTwiceWhateverBreaks(Schedule schedule) throws Exception {
        System.out.println(schedule);
        long start = System.nanoTime();
        Random random = new Random(schedule.seed());
        Set<String> planned = FireStudy.runs().stream()
                .map(run -> RunKey.of(run).toString())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> keys = List.copyOf(planned);
        Set<String> endless = schedule.endlessRun() ? Set.of(keys.get(7)) : Set.of();
        Set<String> crashing = schedule.crashingRun() ? Set.of(keys.get(12)) : Set.of();
        Set<String> doomed = Stream.of(endless, crashing).flatMap(Set::stream).collect(Collectors.toSet());
        try (FaultyFarm farm =
                new FaultyFarm(folder, schedule.gangs() ? "gang" : "worker", endless, crashing, schedule.clocks())) {
            if (!farm.hasClocks(schedule.clocks())) {
                System.out.println("clocks are left right: there is no C compiler here");
            }
            submitTwiceAtOnce(farm);
            long begin = System.nanoTime();
            strike(schedule, farm, random);
            double faultsOver = (System.nanoTime() - begin) / 1e9;
            NothingLostNothingTwice promise = new NothingLostNothingTwice(farm.kafka(), planned, doomed);
            promise.await(PATIENCE);
            assertThat(farm.violations()).isEmpty();
            System.out.printf(
                    Locale.ROOT,
                    "%s holds: %d runs, %d results repeated, %d processes started, faults over after %.0f s,"
                            + " settled after %.0f s, %.0f s in all%n",
                    schedule.name(),
                    planned.size(),
                    promise.repeated(),
                    farm.starts(),
                    faultsOver,
                    (System.nanoTime() - begin) / 1e9,
                    (System.nanoTime() - start) / 1e9);
        }
    }

    /** On a machine that is too busy to answer a submission gives up, and is made again. */
    private static void submitTwiceAtOnce(FaultyFarm farm) throws IOException, InterruptedException {
        boolean submitted = false;
        for (int attempt = 1; attempt <= 5 && !submitted; attempt++) {
            for (Process submission : List.of(farm.submit(), farm.submit())) {
                assertThat(submission.waitFor(300, TimeUnit.SECONDS)).isTrue();
                submitted |= submission.exitValue() == 0;
            }
        }
        assertThat(submitted).as("submitted; said %s", farm.submissionsSaid()).isTrue();
    }

    /** Each fault at its time, whether or not another one is over. */
    private static void strike(Schedule schedule, FaultyFarm farm, Random random) {
        long begin = System.nanoTime();
        List<CompletableFuture<Void>> struck = new ArrayList<>();
        schedule.byMillis().forEach((millis, fault) -> {
            if (fault.needsSmallDisk() && !farm.hasSmallDisks()) {
                System.out.println(fault + " is left out: nothing can be mounted here");
                return;
            }
            Random own = new Random(random.nextLong());
            struck.add(CompletableFuture.runAsync(
                    () -> {
                        FaultyFarm.pause(Duration.ofMillis(millis).minusNanos(System.nanoTime() - begin));
                        try {
                            fault.strike(farm, own);
                        } catch (Exception e) {
                            throw new IllegalStateException(fault + " failed", e);
                        }
                    },
                    task -> new Thread(task, fault.toString()).start()));
        });
        struck.forEach(CompletableFuture::join);
    }
}

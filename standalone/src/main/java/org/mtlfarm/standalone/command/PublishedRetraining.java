package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.producer.study.RunSteps;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.standalone.run.ProgressDisplay;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.RunTrainer;
import org.mtlfarm.worker.training.TrainedRun;

/** The runs of a published setting, trained here, beside the F1 that was published. */
record PublishedRetraining(
        PublishedRow published, Experiment experiment, Sources sources, String engine, List<TrainedRun> runs) {
    /**
     * Trains all runs, with the seeds that the farm would give them.
     *
     * @param parallel runs at a time
     */
    static PublishedRetraining train(
            PublishedRow published,
            Experiment experiment,
            Sources sources,
            EncodedCorpus corpus,
            Engine engine,
            int runs,
            int parallel,
            ProgressDisplay display) {
        RunTrainer trainer = new RunTrainer(engine, System::nanoTime);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicLongArray steps = new AtomicLongArray(runs);
        long planned = runs * RunSteps.of(experiment);
        Clock clock = Clock.systemUTC();
        ExecutorService slots = Executors.newFixedThreadPool(Math.min(parallel, runs));
        try {
            List<Future<TrainedRun>> futures = new ArrayList<>();
            for (int index = 0; index < runs; index++) {
                int run = index;
                long seed = new RunKey(experiment.getExperimentId(), run).seed();
                futures.add(slots.submit(() -> trainer.train(
                        experiment,
                        RunSeeds.of(experiment, seed),
                        corpus,
                        progress -> {
                            steps.set(run, progress.step());
                            display.show(
                                    String.format(Locale.ROOT, "%,d of %,d steps", sum(steps), planned),
                                    clock.instant());
                        },
                        stopped::get)));
            }
            List<TrainedRun> trained = new ArrayList<>();
            for (Future<TrainedRun> future : futures) {
                trained.add(future.get());
            }
            display.end(String.format(Locale.ROOT, "%,d steps in %d runs", sum(steps), runs));
            return new PublishedRetraining(published, experiment, sources, engine.name(), List.copyOf(trained));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause().toString(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while training", e);
        } finally {
            stopped.set(true);
            slots.shutdown();
        }
    }

    ObjectNode json() {
        ObjectNode json = Output.object();
        json.put("row", published.row());
        json.put("tasks", published.tasks());
        json.put("tokens", published.tokens());
        json.put("tokensSynthetic", published.tokensSynthetic());
        Output.number(json, "amiPublished", published.ami());
        json.put("ami", ami());
        json.put("alphaPublished", published.alpha());
        json.put("alpha", experiment.getAlpha());
        json.put("f1Published", published.f1());
        published.f1OfSetting().forEach(json.putArray("f1PublishedOfSetting")::add);
        json.put("f1Mean", mean(f1()));
        json.put("f1Std", deviation(f1()));
        f1().forEach(json.putArray("f1")::add);
        json.put("diverged", diverged());
        json.put("experiment", experiment.getExperimentId());
        json.put("epochs", experiment.getTraining().getEpochs());
        json.put("hidden", experiment.getTraining().getHidden());
        json.put("sharedLayers", experiment.getSharedLayers());
        json.put("steps", runs.stream().mapToLong(TrainedRun::steps).sum());
        json.put(
                "trainSeconds",
                runs.stream().mapToDouble(TrainedRun::trainSeconds).sum());
        json.put("engine", engine);
        json.put("corpus", sources.getCorpus());
        json.put("vectors", sources.getVectors());
        return json;
    }

    String text() {
        List<Double> others = published.f1OfSetting();
        String spread = others.size() == 1
                ? "the only row of this setting"
                : String.format(
                        Locale.ROOT,
                        "%d rows of this setting: %.4f to %.4f",
                        others.size(),
                        Collections.min(others),
                        Collections.max(others));
        return String.format(
                        Locale.ROOT,
                        "row %d: T = %d, n = %d%s%n       published   here%nF1     %9.4f   %.4f, standard deviation %.4f over %d"
                                + " runs%nAMI    %9s   %.4f%nalpha  %9s   %s%n",
                        published.row(),
                        published.tasks(),
                        published.tokens(),
                        published.tokens() == published.tokensSynthetic()
                                ? ""
                                : ", " + published.tokensSynthetic() + " of each artificial task",
                        published.f1(),
                        mean(f1()),
                        deviation(f1()),
                        runs.size(),
                        Double.isNaN(published.ami()) ? "-" : String.valueOf(published.ami()),
                        ami(),
                        published.alpha(),
                        experiment.getAlpha())
                + "Published: " + spread + ", of dev or test and of which network is not said.\n"
                + String.format(
                        Locale.ROOT,
                        "Here: %d epochs, hidden %d, %d shared layers, %s; %s, vectors %s.%n",
                        experiment.getTraining().getEpochs(),
                        experiment.getTraining().getHidden(),
                        experiment.getSharedLayers(),
                        engine,
                        sources.getCorpus(),
                        sources.getVectors())
                + "Runs: "
                + f1().stream()
                        .map(f1 -> String.format(Locale.ROOT, "%.4f", f1))
                        .collect(Collectors.joining(" "))
                + (diverged() == 0 ? "" : " (" + diverged() + " diverged)") + "\n";
    }

    private List<Double> f1() {
        return runs.stream().map(run -> run.test().overall().f1()).toList();
    }

    /** Mean AMI of the artificial tasks over the runs; 1 where there is none. */
    private double ami() {
        return runs.stream()
                .flatMap(run -> run.ami().stream().skip(1))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(1);
    }

    private long diverged() {
        return runs.stream().filter(run -> !run.reason().isEmpty()).count();
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double deviation(List<Double> numbers) {
        double mean = mean(numbers);
        double squares =
                numbers.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        return numbers.size() < 2 ? 0 : Math.sqrt(squares / (numbers.size() - 1));
    }

    private static long sum(AtomicLongArray numbers) {
        long sum = 0;
        for (int i = 0; i < numbers.length(); i++) {
            sum += numbers.get(i);
        }
        return sum;
    }
}

package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

/**
 * An engine that learns nothing and remembers what it was given. Each step adds 1 to every parameter. It predicts the label
 * that its first parameter, rounded, says.
 */
public final class RecordingEngine implements Engine {
    public record Step(List<Integer> tasks, int[] windows, int[][] labels) {}

    public final List<Step> steps = new ArrayList<>();
    final List<float[]> opened = new ArrayList<>();
    final List<Integer> handedOver = new ArrayList<>();
    final IntToDoubleFunction lossOfStep;
    int preferredSteps = 1;
    int open;

    /**
     * An engine.
     *
     * @param lossOfStep loss of the n-th step, from 1
     */
    public RecordingEngine(IntToDoubleFunction lossOfStep) {
        this.lossOfStep = lossOfStep;
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public String version() {
        return "of this test";
    }

    @Override
    public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        opened.add(parameters.clone());
        open++;
        float[] own = parameters.clone();
        return new Model() {
            @Override
            public double step(int task, int[] windows, int[] labels) {
                return record(List.of(task), windows, new int[][] {labels});
            }

            @Override
            public double jointStep(int[] windows, int[][] labels) {
                List<Integer> all = new ArrayList<>();
                for (int task = 0; task < shape.tasks(); task++) {
                    all.add(task);
                }
                return record(all, windows, labels);
            }

            @Override
            public int preferredSteps() {
                return preferredSteps;
            }

            @Override
            public void steps(int task, int count, int[] windows, int[][] labels, double[] losses) {
                handedOver.add(count);
                Model.super.steps(task, count, windows, labels, losses);
            }

            private double record(List<Integer> tasks, int[] windows, int[][] labels) {
                int[][] copies = Arrays.stream(labels).map(int[]::clone).toArray(int[][]::new);
                steps.add(new Step(tasks, windows.clone(), copies));
                for (int i = 0; i < own.length; i++) {
                    own[i] += 1;
                }
                return lossOfStep.applyAsDouble(steps.size());
            }

            @Override
            public void predict(int task, int[] windows, int count, int[] predicted) {
                Arrays.fill(predicted, 0, count, Math.round(own[0]) % shape.labels());
            }

            @Override
            public float[] parameters() {
                return own.clone();
            }

            @Override
            public void close() {
                open--;
            }
        };
    }
}

package org.mtlfarm.worker.training;

import org.mtlfarm.worker.network.Model;

/** Another model, of which a test changes a part. */
class ForwardingModel implements Model {
    private final Model model;

    ForwardingModel(Model model) {
        this.model = model;
    }

    @Override
    public double step(int task, int[] windows, int[] labels) {
        return model.step(task, windows, labels);
    }

    @Override
    public double jointStep(int[] windows, int[][] labels) {
        return model.jointStep(windows, labels);
    }

    @Override
    public void predict(int task, int[] windows, int count, int[] predicted) {
        model.predict(task, windows, count, predicted);
    }

    @Override
    public float[] parameters() {
        return model.parameters();
    }

    @Override
    public void close() {
        model.close();
    }
}

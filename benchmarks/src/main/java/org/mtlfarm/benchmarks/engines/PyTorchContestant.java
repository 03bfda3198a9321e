package org.mtlfarm.benchmarks.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** PyTorch in a process of its own, which waits for its turn on its standard input. */
final class PyTorchContestant implements Contestant {
    private final Process process;
    private final BufferedReader answers;
    private final Writer requests;
    private final String name;

    /**
     * @param python an interpreter that has PyTorch
     * @param program {@code engines_pytorch.py}
     * @param folder with the workload
     */
    PyTorchContestant(String python, Path program, Path folder, Workload workload) {
        ProcessBuilder builder = new ProcessBuilder(
                        python,
                        program.toString(),
                        folder.toString(),
                        String.valueOf(workload.shape().wordDimension()),
                        String.valueOf(workload.shape().hidden()),
                        String.valueOf(workload.shape().tasks()),
                        String.valueOf(workload.shape().labels()),
                        workload.shape().readout().name(),
                        String.valueOf(Workload.BATCH),
                        String.valueOf(Workload.LEARNING_RATE))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        builder.environment().put("MKL_NUM_THREADS", "1");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(python + " could not be started: " + e.getMessage(), e);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        name = "pytorch " + answer();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Turn train(int steps) {
        try {
            requests.write(steps + "\n");
            requests.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " ended early: " + e.getMessage(), e);
        }
        String[] numbers = answer().split(" ");
        return new Turn(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]), Double.parseDouble(numbers[2]));
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("the PyTorch program ended without an answer");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException("the PyTorch program could not be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}

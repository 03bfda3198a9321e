package org.mtlfarm.worker.training;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.worker.network.OptimiserState;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * A run's training in a file: written beside, forced to the disk, then moved into place, so that there is always a whole one.
 * A training must not fail for its checkpoint: what cannot be written or read is told and left alone.
 */
final class CheckpointFile implements Checkpoint {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFile.class);

    /** "MTLC", and the format's number. */
    private static final long FORMAT = 0x4d544c43_00000001L;

    private final Path file;
    private final String owner;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private long savedNanos;

    /**
     * @param owner whose training it is and what computes it; a file of another owner is left out of account
     */
    CheckpointFile(Path file, String owner, Duration interval, LongSupplier nanoTime) {
        this.file = file;
        this.owner = owner;
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.savedNanos = nanoTime.getAsLong();
    }

    @Override
    public boolean isDue() {
        return nanoTime.getAsLong() - savedNanos >= intervalNanos;
    }

    @Override
    public boolean keepsStopped() {
        return true;
    }

    @Override
    public void save(TrainingState state) {
        savedNanos = nanoTime.getAsLong();
        Path unfinished = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try {
                write(state, unfinished);
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            LOG.warn("no checkpoint in {}, the training goes on: {}", file, e.toString());
        }
    }

    private void write(TrainingState state, Path to) throws IOException {
        try (FileChannel channel = FileChannel.open(to, CREATE_NEW, WRITE)) {
            CheckedOutputStream checked = new CheckedOutputStream(Channels.newOutputStream(channel), new CRC32());
            DataOutputStream out = new DataOutputStream(checked);
            out.writeLong(FORMAT);
            out.writeUTF(owner);
            out.writeLong(state.steps());
            out.writeInt(state.epoch());
            out.writeInt(state.turn());
            out.writeInt(state.batch());
            out.writeDouble(state.lossSum());
            out.writeDouble(state.trainSeconds());
            out.writeInt(state.epochLosses().size());
            for (double loss : state.epochLosses()) {
                out.writeDouble(loss);
            }
            write(state.parameters(), out);
            write(state.optimiser().means(), out);
            write(state.optimiser().squares(), out);
            out.writeLong(state.optimiser().steps());
            out.writeBoolean(state.sane() != null);
            if (state.sane() != null) {
                write(state.sane(), out);
            }
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            channel.force(true);
        }
    }

    private static void write(float[] numbers, OutputStream out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + numbers.length * Float.BYTES);
        bytes.putInt(numbers.length);
        bytes.asFloatBuffer().put(numbers);
        out.write(bytes.array());
    }

    @Override
    public Optional<TrainingState> load() {
        try (FileChannel channel = FileChannel.open(file, READ)) {
            CheckedInputStream checked =
                    new CheckedInputStream(new BufferedInputStream(Channels.newInputStream(channel)), new CRC32());
            return read(new DataInputStream(checked), checked, channel.size());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("the checkpoint in {} is left out of account: {}", file, e.toString());
            return Optional.empty();
        }
    }

    private Optional<TrainingState> read(DataInputStream in, CheckedInputStream checked, long size) throws IOException {
        long format = in.readLong();
        if (format != FORMAT) {
            throw new IOException("expected format %016x, found %016x".formatted(FORMAT, format));
        }
        String found = in.readUTF();
        if (!found.equals(owner)) {
            LOG.info(
                    "the checkpoint in {} is left out of account: expected that of {}, found that of {}",
                    file,
                    owner,
                    found);
            return Optional.empty();
        }
        long steps = in.readLong();
        int epoch = in.readInt();
        int turn = in.readInt();
        int batch = in.readInt();
        double lossSum = in.readDouble();
        double trainSeconds = in.readDouble();
        List<Double> losses = new ArrayList<>();
        for (int left = length(in, Double.BYTES, size); left > 0; left--) {
            losses.add(in.readDouble());
        }
        float[] parameters = floats(in, size);
        OptimiserState optimiser = new OptimiserState(floats(in, size), floats(in, size), in.readLong());
        float[] sane = in.readBoolean() ? floats(in, size) : null;
        long expected = checked.getChecksum().getValue();
        long sum = in.readLong();
        if (sum != expected) {
            throw new IOException("expected check sum %08x, found %08x".formatted(expected, sum));
        }
        return Optional.of(new TrainingState(
                steps, epoch, turn, batch, lossSum, trainSeconds, losses, parameters, optimiser, sane));
    }

    private static float[] floats(DataInputStream in, long size) throws IOException {
        float[] numbers = new float[length(in, Float.BYTES, size)];
        byte[] bytes = new byte[numbers.length * Float.BYTES];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
        return numbers;
    }

    /** A damaged length must not ask for all of the memory. */
    private static int length(DataInputStream in, int bytesEach, long size) throws IOException {
        int length = in.readInt();
        if (length < 0 || (long) length * bytesEach > size) {
            throw new IOException("found a list of " + length + " in " + size + " bytes");
        }
        return length;
    }
}

package org.mtlfarm.cuda;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.bytedeco.javacpp.BytePointer;

import org.mtlfarm.worker.network.CardEngine;
import org.mtlfarm.worker.network.CardUse;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

/**
 * Trains models on one device, those of equal shape and batch in gangs. Models are opened and used from any threads, each by
 * one at a time. When the last model of a shape is closed, its gang ends and its memory is free.
 */
public final class CudaEngine implements CardEngine {
    /** Raised with every change that changes a bit of a result. */
    private static final String KERNELS = "kernels 1";

    private final Device device;
    private final Settings settings;
    private final Consumer<DeviceException> lost;
    private final Map<Shape, Opened> gangs = new HashMap<>();
    private final Map<float[], Table> tables = new IdentityHashMap<>();

    /**
     * How it computes.
     *
     * @param graphs whether steps are captured and replayed; without, every step is launched piece by piece
     * @param lanes members in one round at most
     */
    public record Settings(Precision precision, boolean graphs, int lanes) {
        /**
         * Products of so many members fill a large card several times over, their recurrent weights nearly stay in its cache from
         * one step of a direction to the next, and the rest of a large gang has its next steps prepared meanwhile.
         */
        public static final int USUAL_LANES = 64;

        public Settings {
            if (lanes < 1 || lanes > MemoryPlan.MOST_LANES) {
                throw new IllegalArgumentException("lanes must be 1 to " + MemoryPlan.MOST_LANES + ", was " + lanes);
            }
        }
    }

    /** Of gangs that are no more. */
    private GangWork.Done ended = GangWork.Done.NOTHING;

    private long askedNanos = System.nanoTime();
    private long busyNanosBefore;

    private record Shape(NetworkShape network, int batch) {}

    private static final class Opened {
        final MemoryPlan memory;
        final Gang gang;
        int members;

        Opened(MemoryPlan memory, Gang gang) {
            this.memory = memory;
            this.gang = gang;
        }
    }

    /** Vectors on the device, and how many models read them. */
    private static final class Table {
        final long address;
        int readers;

        Table(long address) {
            this.address = address;
        }
    }

    /** What the gangs are doing. */
    public record Gangs(List<Integer> members, List<Integer> lanes) {}

    /**
     * An engine on a device, which it closes.
     *
     * @param lost told, once or more, of an error after which nothing works on the device in this process
     */
    public CudaEngine(Device device, Settings settings, Consumer<DeviceException> lost) {
        this.device = device;
        this.settings = settings;
        this.lost = lost;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String version() {
        DeviceFacts facts = device.facts();
        return "%s, %s, %s, %s".formatted(KERNELS, settings.precision(), facts.name(), facts.libraries());
    }

    public Device device() {
        return device;
    }

    /** Members that each gang has and that its latest round had, gang by gang; for meters. */
    public synchronized Gangs gangs() {
        List<Integer> members = new ArrayList<>();
        List<Integer> lanes = new ArrayList<>();
        gangs.values().forEach(opened -> {
            members.add(opened.members);
            lanes.add(opened.gang.lanes());
        });
        return new Gangs(members, lanes);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The utilization is that by this engine's gangs, since the last question; those side by side count together.
     */
    @Override
    public synchronized CardUse use() {
        GangWork.Done done = ended;
        int models = 0;
        for (Opened opened : gangs.values()) {
            done = done.and(opened.gang.done());
            models += opened.members;
        }
        long now = System.nanoTime();
        double utilization = Math.min(1, (done.busyNanos() - busyNanosBefore) / (double) Math.max(1, now - askedNanos));
        askedNanos = now;
        busyNanosBefore = done.busyNanos();
        device.enter();
        DeviceFacts facts = device.facts();
        return new CardUse(
                facts.name(),
                utilization,
                facts.memoryBytes() - device.freeBytes(),
                facts.memoryBytes(),
                models,
                done.launches(),
                done.steps());
    }

    @Override
    public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        Shape key = new Shape(shape, batch);
        check(shape, learningRate, vectors);
        Opened opened;
        Table table;
        synchronized (this) {
            opened = gangs.get(key);
            if (opened == null) {
                MemoryPlan memory = new MemoryPlan(shape, batch);
                opened = new Opened(memory, new Gang(device, memory, settings, lost, "cuda gang " + key.hashCode()));
                gangs.put(key, opened);
            }
            opened.members++;
            try {
                table = table(vectors);
            } catch (RuntimeException e) {
                release(key, opened);
                throw e;
            }
        }
        try {
            if (parameters.length != opened.memory.layout.size()) {
                throw new IllegalArgumentException(
                        "expected " + opened.memory.layout.size() + " parameters, found " + parameters.length);
            }
            Gang.Member member = opened.gang.join(table.address, parameters);
            Opened joined = opened;
            return new CudaModel(
                    opened.memory, opened.gang, member, learningRate, vectors.length / shape.wordDimension(), () -> {
                        synchronized (this) {
                            try {
                                giveBack(vectors);
                            } finally {
                                release(key, joined);
                            }
                        }
                    });
        } catch (RuntimeException e) {
            synchronized (this) {
                giveBack(vectors);
                release(key, opened);
            }
            throw e;
        }
    }

    private static void check(NetworkShape shape, double learningRate, float[] vectors) {
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learningRate must be positive and finite, was " + learningRate);
        }
        if (vectors.length < shape.wordDimension() || vectors.length % shape.wordDimension() != 0) {
            throw new IllegalArgumentException(
                    "vectors must be whole rows of " + shape.wordDimension() + ", had " + vectors.length + " numbers");
        }
    }

    private Table table(float[] vectors) {
        Table table = tables.get(vectors);
        if (table == null) {
            table = new Table(upload(vectors));
            tables.put(vectors, table);
        }
        table.readers++;
        return table;
    }

    private long upload(float[] vectors) {
        device.enter();
        long address = device.allocate(4L * vectors.length);
        try (Device.Stream stream = device.stream()) {
            int most = 1 << 20;
            BytePointer host = device.allocateHost(4L * Math.min(most, vectors.length));
            try {
                for (int from = 0; from < vectors.length; from += most) {
                    int count = Math.min(most, vectors.length - from);
                    host.asByteBuffer()
                            .order(ByteOrder.nativeOrder())
                            .asFloatBuffer()
                            .put(vectors, from, count);
                    stream.upload(address + 4L * from, host, 0, 4L * count);
                    stream.await();
                }
            } finally {
                device.freeHost(host);
            }
        } catch (RuntimeException e) {
            device.free(address);
            throw e;
        }
        return address;
    }

    private void giveBack(float[] vectors) {
        Table table = tables.get(vectors);
        table.readers--;
        if (table.readers == 0) {
            tables.remove(vectors);
            device.enter();
            device.free(table.address);
        }
    }

    private void release(Shape key, Opened opened) {
        opened.members--;
        if (opened.members == 0) {
            gangs.remove(key);
            opened.gang.close();
            ended = ended.and(opened.gang.done());
        }
    }

    /** Ends the gangs; models that are still open cannot be used any more. */
    @Override
    public synchronized void close() {
        gangs.values().forEach(opened -> opened.gang.close());
        gangs.clear();
        device.close();
    }
}

package org.mtlfarm.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models of one shape and batch that make their steps together. Each hands over its next steps from a thread of its own and
 * waits; the gang's thread takes those that are there into a round, as many steps as the shortest of them has, and begins the
 * next one. Nobody waits for a member that did not come back: it joins the next round.
 *
 * <p>A member's memory is its own, so it may come and go while others train. What differs from round to round (who is in it,
 * at which step of its data each one is) lies in memory that the kernels read; a captured step can therefore be replayed for
 * any members, if only they are as many and their words fit.
 */
final class Gang implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gang.class);

    /** Captured steps to keep; the one that was not used for longest goes. */
    private static final int MOST_GRAPHS = 128;

    /** Rooms for distinct words differ by so many, as a part of the most there can be: a few graphs instead of hundreds. */
    private static final int WORD_ROOMS = 24;

    /** A round waits for those who were in the one before by this part of that one's time, and not longer than that. */
    private static final long PATIENCE = 10;

    private static final long MOST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Device device;
    private final MemoryPlan memory;
    private final int mostLanes;
    private boolean graphs;
    private final Consumer<DeviceException> lost;
    private final StepPlan.Operands operands;
    private final GangWork did = new GangWork();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition done = lock.newCondition();
    private final Deque<Task> tasks = new ArrayDeque<>();
    private final List<Request> waiting = new ArrayList<>();
    private boolean closing;
    private final Set<Member> members = new HashSet<>();
    private long rounds;
    private volatile int lastLanes;

    // Of the gang's thread alone.
    private Device.Stream stream;
    private long onDevice;
    private MemoryPlan.Shared shared;
    private BytePointer lanesOnHost;
    private BytePointer lossesOnHost;
    private final Map<StepKind, BytePointer> structures = new EnumMap<>(StepKind.class);
    private final Map<GraphKey, Captured> captured = new LinkedHashMap<>(16, 0.75f, true);
    private long lastRoundNanos;

    private record GraphKey(StepKind kind, int lanes, List<Integer> words) {}

    /** A step that was made once, and its graph from the second time on. */
    private static final class Captured {
        final StepPlan plan;
        boolean made;
        Device.Graph graph;

        Captured(StepPlan plan) {
            this.plan = plan;
        }
    }

    /** Something to do between two rounds. */
    private static final class Task {
        final Consumer<Device.Stream> action;
        boolean finished;
        RuntimeException failure;

        Task(Consumer<Device.Stream> action) {
            this.action = action;
        }
    }

    /** Steps that a member wants, whose data it has written. */
    static final class Request {
        final Member member;
        final StepKind kind;
        final int count;
        final int[] words;
        final double[] losses;
        private int made;
        private boolean uploaded;
        private boolean finished;
        private RuntimeException failure;

        Request(Member member, StepKind kind, int count, int[] words, double[] losses) {
            this.member = member;
            this.kind = kind;
            this.count = count;
            this.words = words;
            this.losses = losses;
        }
    }

    /** A model's place in the gang. */
    static final class Member {
        /** Of the device. */
        final long address;

        final long vectors;

        /** Step data to be uploaded, or predictions downloaded. */
        final BytePointer staging;

        private long lastRound = -1;

        Member(long address, long vectors, BytePointer staging) {
            this.address = address;
            this.vectors = vectors;
            this.staging = staging;
        }
    }

    /**
     * A gang, with a thread that ends when it is closed.
     *
     * @param lost told of an error after which nothing works on the device any more
     */
    Gang(Device device, MemoryPlan memory, CudaEngine.Settings settings, Consumer<DeviceException> lost, String name) {
        this.device = device;
        this.memory = memory;
        graphs = settings.graphs();
        mostLanes = settings.lanes();
        this.lost = lost;
        operands = new StepPlan.Operands(memory);
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
        try {
            perform(each -> allocate());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Members of the latest round. */
    int lanes() {
        return lastLanes;
    }

    /** What it has done since it began. */
    GangWork.Done done() {
        return did.done();
    }

    /** A new member at some parameters, its moments zero. */
    Member join(long vectors, float[] parameters) {
        long[] address = new long[1];
        BytePointer[] staging = new BytePointer[1];
        perform(on -> {
            address[0] = device.allocate(memory.bytesOfMember());
            try {
                staging[0] = device.allocateHost(4L * Math.max(MemoryPlan.MOST_STEPS * memory.stepInts, 1));
                on.clear(address[0], memory.bytesOfMember());
                on.await();
                write(on, address[0], 0, parameters);
            } catch (RuntimeException e) {
                if (staging[0] != null) {
                    device.freeHost(staging[0]);
                }
                device.free(address[0]);
                throw e;
            }
        });
        Member member = new Member(address[0], vectors, staging[0]);
        lock.lock();
        try {
            members.add(member);
        } finally {
            lock.unlock();
        }
        return member;
    }

    void leave(Member member) {
        lock.lock();
        try {
            members.remove(member);
            work.signal();
        } finally {
            lock.unlock();
        }
        perform(on -> {
            device.freeHost(member.staging);
            device.free(member.address);
        });
    }

    /** Floats of a member's memory. */
    float[] read(Member member, int from, int count) {
        float[] floats = new float[count];
        perform(on -> {
            BytePointer host = device.allocateHost(4L * count);
            try {
                on.download(host, 0, member.address + 4L * from, 4L * count);
                on.await();
                host.asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer()
                        .get(floats);
            } finally {
                device.freeHost(host);
            }
        });
        return floats;
    }

    void write(Member member, int at, float[] floats) {
        perform(on -> write(on, member.address, at, floats));
    }

    private void write(Device.Stream on, long address, int at, float[] floats) {
        BytePointer host = device.allocateHost(4L * floats.length);
        try {
            host.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer().put(floats);
            on.upload(address + 4L * at, host, 0, 4L * floats.length);
            on.await();
        } finally {
            device.freeHost(host);
        }
    }

    /** Makes a member's steps, in rounds with others; returns when they are made. */
    void make(Request request) {
        lock.lock();
        try {
            checkRunning();
            waiting.add(request);
            work.signal();
            while (!request.finished) {
                done.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        if (request.failure != null) {
            throw again(request.failure);
        }
    }

    /** Does something on the gang's thread between two rounds. */
    private void perform(Consumer<Device.Stream> action) {
        Task task = new Task(action);
        lock.lock();
        try {
            checkRunning();
            tasks.add(task);
            work.signal();
            while (!task.finished) {
                done.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        if (task.failure != null) {
            throw again(task.failure);
        }
    }

    private void checkRunning() {
        if (closing) {
            throw new IllegalStateException("the gang is closed");
        }
    }

    /** The same error on the thread that asked, with that thread's trace. */
    private static RuntimeException again(RuntimeException failure) {
        if (failure instanceof DeviceException.OutOfMemory) {
            return new DeviceException.OutOfMemory(failure.getMessage());
        }
        if (failure instanceof DeviceException error) {
            return new DeviceException(error.getMessage(), error.lost());
        }
        return new IllegalStateException(failure.getMessage(), failure);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        RuntimeException failedToEnter = null;
        try {
            device.enter();
            stream = device.stream();
        } catch (RuntimeException e) {
            failedToEnter = e;
        }
        while (true) {
            List<Task> toDo = new ArrayList<>();
            List<Request> round = List.of();
            lock.lock();
            try {
                while (tasks.isEmpty() && waiting.isEmpty() && !closing) {
                    work.awaitUninterruptibly();
                }
                if (closing && tasks.isEmpty() && waiting.isEmpty()) {
                    break;
                }
                toDo.addAll(tasks);
                tasks.clear();
                if (toDo.isEmpty()) {
                    round = gather();
                }
            } finally {
                lock.unlock();
            }
            for (Task task : toDo) {
                task.failure = failedToEnter != null ? failedToEnter : attempt(() -> task.action.accept(stream));
            }
            RuntimeException failure = null;
            if (!round.isEmpty()) {
                List<Request> members = round;
                did.begin();
                failure = failedToEnter != null ? failedToEnter : attempt(() -> make(members));
                did.end();
            }
            settle(toDo, round, failure);
        }
        attempt(this::free);
    }

    private RuntimeException attempt(Runnable action) {
        try {
            action.run();
            return null;
        } catch (DeviceException e) {
            if (e.lost()) {
                lost.accept(e);
            }
            return e;
        } catch (RuntimeException e) {
            return e;
        } catch (LinkageError e) {
            return new IllegalStateException(e.toString(), e);
        }
    }

    /** Those who go into the next round: of the kind that waits longest; with the lock. */
    private List<Request> gather() {
        StepKind kind = waiting.get(0).kind;
        long deadline = System.nanoTime() + Math.min(MOST_PATIENCE_NANOS, lastRoundNanos / PATIENCE);
        long left = deadline - System.nanoTime();
        while (left > 0 && tasks.isEmpty() && waiting.size() < Math.min(mostLanes, expected())) {
            try {
                left = work.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        List<Request> round = new ArrayList<>();
        Iterator<Request> each = waiting.iterator();
        while (each.hasNext() && round.size() < mostLanes) {
            Request request = each.next();
            if (request.kind == kind) {
                round.add(request);
            }
        }
        waiting.removeAll(round);
        return round;
    }

    /** Members who were in one of the two latest rounds, and so are likely to come back at once. */
    private long expected() {
        return members.stream()
                .filter(member -> member.lastRound >= 0 && member.lastRound >= rounds - 2)
                .count();
    }

    private void settle(List<Task> toDo, List<Request> round, RuntimeException failure) {
        lock.lock();
        try {
            toDo.forEach(task -> task.finished = true);
            List<Request> unfinished = new ArrayList<>();
            for (Request request : round) {
                request.failure = failure;
                request.finished = failure != null || request.made == request.count;
                if (!request.finished) {
                    unfinished.add(request);
                }
            }
            waiting.addAll(0, unfinished);
            if (!round.isEmpty()) {
                rounds++;
            }
            done.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void make(List<Request> round) {
        long began = System.nanoTime();
        StepKind kind = round.get(0).kind;
        int lanes = round.size();
        int steps = round.stream()
                .mapToInt(request -> request.count - request.made)
                .min()
                .orElseThrow();
        for (Request request : round) {
            if (!request.uploaded && kind != StepKind.REMEMBERING) {
                stream.upload(
                        request.member.address + 4L * memory.stepData,
                        request.member.staging,
                        0,
                        4L * request.count * memory.stepInts);
                request.uploaded = true;
            }
        }
        uploadLanes(round);
        BytePointer structure = structures.get(kind);
        int operandCount = operands.offsets().length;
        stream.launch(new Operation.Kernel("begin", 1, 0, 0, 0, 0), 1, structure);
        stream.launch(new Operation.Kernel("pointers", operandCount, operandCount, 0, 0, 0), lanes, structure);
        GraphKey key = new GraphKey(kind, lanes, words(round));
        Captured step = captured.computeIfAbsent(
                key,
                wanted -> new Captured(new StepPlan(
                        memory,
                        kind,
                        wanted.words().stream().mapToInt(Integer::intValue).toArray(),
                        operands)));
        int left = steps;
        forgetGraphs();
        if (!step.made) {
            // The first time without a graph: libraries load their kernels when these are first launched, which a
            // capture forbids.
            launch(step.plan, lanes, structure);
            step.made = true;
            left--;
        }
        if (graphs && left > 0 && step.graph == null) {
            capture(step, lanes, structure);
        }
        for (; left > 0; left--) {
            if (step.graph == null) {
                launch(step.plan, lanes, structure);
            } else {
                stream.replay(step.graph);
            }
        }
        if (kind == StepKind.PREDICTION) {
            for (Request request : round) {
                if (request.made + steps == request.count) {
                    stream.download(
                            request.member.staging,
                            0,
                            request.member.address + 4L * memory.predicted,
                            4L * request.count * memory.batch);
                }
            }
        } else {
            stream.download(lossesOnHost, 0, shared.losses(), 8L * steps * MemoryPlan.MOST_LANES);
        }
        stream.await();
        deliver(round, steps);
        if (kind != StepKind.PREDICTION && kind != StepKind.REMEMBERING) {
            did.made(steps, lanes);
        }
        lastLanes = lanes;
        lastRoundNanos = System.nanoTime() - began;
    }

    private void capture(Captured step, int lanes, BytePointer structure) {
        try {
            step.graph = stream.capture(() -> launch(step.plan, lanes, structure));
        } catch (DeviceException e) {
            if (e.lost()) {
                throw e;
            }
            graphs = false;
            LOG.warn("steps are launched piece by piece from now on, as they cannot be captured: {}", e.getMessage());
        }
    }

    private void deliver(List<Request> round, int steps) {
        DoubleBuffer losses =
                lossesOnHost.asByteBuffer().order(ByteOrder.nativeOrder()).asDoubleBuffer();
        for (int lane = 0; lane < round.size(); lane++) {
            Request request = round.get(lane);
            for (int step = 0; step < steps && request.kind != StepKind.PREDICTION; step++) {
                request.losses[request.made + step] = losses.get(step * MemoryPlan.MOST_LANES + lane);
            }
            request.made += steps;
            request.member.lastRound = rounds;
        }
    }

    private void uploadLanes(List<Request> round) {
        ByteBuffer bytes = lanesOnHost.asByteBuffer().order(ByteOrder.nativeOrder());
        for (int lane = 0; lane < round.size(); lane++) {
            Request request = round.get(lane);
            bytes.putLong(8 * lane, request.member.address);
            bytes.putLong(8 * (MemoryPlan.MOST_LANES + lane), request.member.vectors);
            bytes.putInt(16 * MemoryPlan.MOST_LANES + 4 * lane, request.made);
        }
        stream.upload(shared.members(), lanesOnHost, 0, 20L * MemoryPlan.MOST_LANES);
    }

    /** Room for the distinct words of every member's steps, for each direction. */
    private List<Integer> words(List<Request> round) {
        List<Integer> rooms = new ArrayList<>();
        for (int direction = 0; direction < memory.directions.size(); direction++) {
            int most = 1;
            for (Request request : round) {
                most = Math.max(most, request.words[direction]);
            }
            int capacity = memory.directions.get(direction).capacity(memory.batch);
            int room = MemoryPlan.roundedUp(Math.max(8, capacity / WORD_ROOMS), 8);
            rooms.add(Math.min(capacity, MemoryPlan.roundedUp(most, room)));
        }
        return rooms;
    }

    private void launch(StepPlan plan, int lanes, BytePointer structure) {
        for (Operation operation : plan.operations()) {
            if (operation instanceof Operation.Kernel kernel) {
                stream.launch(kernel, kernel.name().equals("advance") ? 1 : lanes, structure);
            } else if (operation instanceof Operation.Product product) {
                stream.multiply(product, lanes, operand(product.a()), operand(product.b()), operand(product.c()));
            }
        }
    }

    private long operand(int index) {
        return shared.operands() + 8L * index * MemoryPlan.MOST_LANES;
    }

    private void forgetGraphs() {
        Iterator<Captured> eldest = captured.values().iterator();
        while (captured.size() > MOST_GRAPHS && eldest.hasNext()) {
            Captured step = eldest.next();
            if (step.graph != null) {
                step.graph.close();
            }
            eldest.remove();
        }
    }

    private void allocate() {
        int[] tables = memory.tables();
        int[] offsets = operands.offsets();
        int[] all = Arrays.copyOf(tables, tables.length + offsets.length);
        System.arraycopy(offsets, 0, all, tables.length, offsets.length);
        long lanes = 20L * MemoryPlan.MOST_LANES;
        long losses = 8L * MemoryPlan.MOST_STEPS * MemoryPlan.MOST_LANES;
        long lanesAt = 0;
        long counterAt = aligned(lanesAt + lanes);
        long lossesAt = aligned(counterAt + 4);
        long tablesAt = aligned(lossesAt + losses);
        long operandsAt = aligned(tablesAt + 4L * all.length);
        onDevice = device.allocate(operandsAt + 8L * offsets.length * MemoryPlan.MOST_LANES);
        shared = new MemoryPlan.Shared(
                onDevice + lanesAt,
                onDevice + lanesAt + 8L * MemoryPlan.MOST_LANES,
                onDevice + lanesAt + 16L * MemoryPlan.MOST_LANES,
                onDevice + counterAt,
                onDevice + lossesAt,
                onDevice + tablesAt,
                onDevice + operandsAt);
        lanesOnHost = device.allocateHost(lanes);
        lossesOnHost = device.allocateHost(losses);
        BytePointer host = device.allocateHost(4L * all.length);
        IntBuffer ints = host.asByteBuffer().order(ByteOrder.nativeOrder()).asIntBuffer();
        ints.put(all);
        stream.upload(shared.tables(), host, 0, 4L * all.length);
        stream.await();
        device.freeHost(host);
        for (StepKind kind : StepKind.values()) {
            structures.put(kind, new BytePointer(memory.structure(kind, shared, tables.length)));
        }
    }

    private static long aligned(long bytes) {
        return (bytes + 255) / 256 * 256;
    }

    private void free() {
        for (Captured step : captured.values()) {
            if (step.graph != null) {
                step.graph.close();
            }
        }
        structures.values().forEach(BytePointer::deallocate);
        if (lanesOnHost != null) {
            device.freeHost(lanesOnHost);
        }
        if (lossesOnHost != null) {
            device.freeHost(lossesOnHost);
        }
        if (onDevice != 0) {
            device.free(onDevice);
        }
        if (stream != null) {
            stream.close();
        }
    }
}

package org.mtlfarm.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.IteratingCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;

/**
 * Server-sent events: a topic's records, or the changes of a state that this process keeps ({@link EventChannel}).
 *
 * <p>Of a topic: committed records in the order of their partitions, from the beginning, from now or from
 * the place that {@code Last-Event-ID} names, then whatever comes. Of a channel: what came behind that id, or behind the one that
 * the parameter {@code after} names; if that is gone or another process's, one event {@code snapshot} with the whole state.
 *
 * <p>One thread reads the topic into an {@link EventRing}; every client has a cursor in it and writes that do not block. A
 * client whose place is not in the ring, because it begins earlier or has fallen behind, is served from the topic a chunk at
 * a time by a few threads that all such clients share, each as fast as it reads. So a client costs a chunk of memory and no
 * thread, and none waits for another. A client that takes nothing for {@link HttpSettings#idle()} is cut off; the last id
 * that it has read is where it goes on.
 */
public final class EventStream extends Handler.Wrapper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";

    private static final int RING_EVENTS = 4096;
    private static final long RING_BYTES = 8L * 1024 * 1024;

    /** Threads, each with a Kafka consumer, that read for clients outside the ring. */
    private static final int LOG_READERS = 2;

    /** Records that such a client is handed at a time. */
    private static final int CHUNK_RECORDS = 64;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final ByteBuffer HEARTBEAT = text(":\n\n");
    /** A comment is nothing that a page would hear of. */
    private static final ByteBuffer BEAT = text("event: beat\ndata: 0\n\n");
    /** So long a browser waits before it comes back. */
    private static final ByteBuffer GREETING = text("retry: 2000\n\n");

    private final String path;
    private final HttpSettings settings;
    /** Null where channels are served. */
    private final Source<?> source;

    private final Set<String> parameters;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong gone = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Function<Query, Feed> feeds = query -> null;
    private volatile Runnable endFeeds = () -> {};

    /** What is read and how it is told. */
    private record Source<T extends SpecificRecord>(
            Topics topic, Class<T> type, String eventName, Function<T, String> line) {
        TopicReader<T> reader(KafkaSettings kafka) {
            return TopicReader.open(topic, type, kafka);
        }
    }

    private EventStream(String path, HttpSettings settings, Source<?> source, Set<String> parameters) {
        this.path = path;
        this.settings = settings;
        this.source = source;
        this.parameters = parameters;
    }

    /**
     * The changes of what channels hold. So that a page notices a connection that is dead, an event {@code beat} comes at
     * least that often.
     *
     * @param path where it is served
     * @param parameters by which a request names its channel
     * @param channels the channel that a request asks for, or a {@link Problem}
     */
    public static EventStream ofChannels(
            String path,
            HttpSettings settings,
            Duration beat,
            Set<String> parameters,
            Function<Query, EventChannel> channels) {
        Set<String> known = new HashSet<>(parameters);
        known.add("after");
        EventStream stream = new EventStream(path, settings, null, known);
        stream.feeds = query -> {
            EventChannel channel = channels.apply(query);
            channel.tell(stream.wake);
            return stream.new ChannelFeed(channel);
        };
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(named("events-clock"));
        long millis = Math.min(beat.toMillis(), settings.heartbeat().toMillis());
        clock.scheduleWithFixedDelay(() -> stream.clients.forEach(Client::beat), millis, millis, TimeUnit.MILLISECONDS);
        stream.endFeeds = clock::shutdownNow;
        return stream;
    }

    /** Makes every client look for news. */
    private final Runnable wake = this::wakeClients;

    private void wakeClients() {
        clients.forEach(Client::iterate);
    }

    /**
     * A stream, to be given to a server and then {@linkplain #open opened}; until then its clients are told to come again.
     *
     * @param path where it is served
     * @param line a record's data on one line
     */
    public static <T extends SpecificRecord> EventStream of(
            String path,
            HttpSettings settings,
            Topics topic,
            Class<T> type,
            String eventName,
            Function<T, String> line) {
        return new EventStream(path, settings, new Source<>(topic, type, eventName, line), Set.of("from"));
    }

    /**
     * Begins to read the topic.
     *
     * @throws BrokerUnavailableException if no broker answers
     */
    public void open(KafkaSettings kafka) {
        TopicFeed opened = new TopicFeed(kafka, topicId(kafka));
        opened.begin(source);
        endFeeds = opened::close;
        feeds = query -> opened;
    }

    public String path() {
        return path;
    }

    /** Clients at this moment. */
    public int clients() {
        return open.get();
    }

    /** Clients so far that have left, or took nothing for too long. */
    public long gone() {
        return gone.get();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!Request.getPathInContext(request).equals(path)) {
            return super.handle(request, response, callback);
        }
        try {
            String accept = String.join(",", request.getHeaders().getCSV(HttpHeader.ACCEPT, true));
            if (!Acceptable.allows(accept.isEmpty() ? null : accept, CONTENT_TYPE)) {
                throw Problem.notAcceptable(path + " is text/event-stream");
            }
            Query query = query(request);
            Feed now = feeds.apply(query);
            if (now == null || !now.isReady() || closing.getCount() == 0) {
                throw Problem.unavailable("what " + path + " tells of is not open yet");
            }
            TopicPosition from = now.from(query, request.getHeaders().get("Last-Event-ID"));
            serve(now, from, request, response, callback);
        } catch (Problem problem) {
            RequestGuard.refuse(response, callback, problem.status(), problem.getMessage());
        }
        return true;
    }

    private Query query(Request request) {
        Fields fields;
        try {
            fields = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("expected percent-encoded UTF-8 behind the question mark");
        }
        Map<String, List<String>> values = new HashMap<>();
        fields.forEach(field -> values.put(field.getName(), field.getValues()));
        return new Query(values, parameters);
    }

    private void serve(Feed now, TopicPosition from, Request request, Response response, Callback callback) {
        boolean head = request.getMethod().equals("HEAD");
        if (!head && open.incrementAndGet() > settings.mostStreams()) {
            open.decrementAndGet();
            throw Problem.unavailable("there are " + settings.mostStreams() + " event streams already");
        }
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
        response.getHeaders().put("X-Accel-Buffering", "no");
        if (head) {
            response.write(true, null, callback);
            return;
        }
        Client client = new Client(now, from, response, callback);
        clients.add(client);
        if (closing.getCount() == 0) {
            client.abort(new KafkaException("the server is stopping"));
        }
        client.iterate();
    }

    /** Ends all streams and the reading of the topic. Does nothing the second time. */
    @Override
    public void close() {
        closing.countDown();
        endFeeds.run();
        clients.forEach(client -> client.abort(new KafkaException("the server is stopping")));
    }

    @Override
    protected void doStop() throws Exception {
        close();
        super.doStop();
    }

    private String topicId(KafkaSettings kafka) {
        String name = source.topic.topicName();
        try (Admin admin = TopicSetup.openAdmin(kafka, TopicSetup.PATIENCE)) {
            return admin.describeTopics(List.of(name))
                    .topicNameValues()
                    .get(name)
                    .get(TopicSetup.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .topicId()
                    .toString();
        } catch (ExecutionException | TimeoutException e) {
            throw new BrokerUnavailableException("Kafka did not describe " + name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted before Kafka could describe " + name, e);
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    /** Where clients' events come from. */
    private abstract static class Feed {
        abstract boolean isReady();

        abstract EventRing ring();

        /** Where a client begins. */
        abstract TopicPosition from(Query query, String lastEventId);

        /** Sees to it that a client whose place is not in the ring is handed what it lacks. */
        abstract void readFor(Client client);

        ByteBuffer heartbeat() {
            return HEARTBEAT.duplicate();
        }
    }

    /** A channel's events; who is outside its ring gets the whole. */
    private final class ChannelFeed extends Feed {
        private final EventChannel channel;

        ChannelFeed(EventChannel channel) {
            this.channel = channel;
        }

        @Override
        boolean isReady() {
            return true;
        }

        @Override
        EventRing ring() {
            return channel.ring();
        }

        @Override
        TopicPosition from(Query query, String lastEventId) {
            String last = lastEventId == null || lastEventId.isEmpty()
                    ? query.text("after").orElse("")
                    : lastEventId;
            return channel.placeOf(last);
        }

        @Override
        void readFor(Client client) {
            client.take(channel.snapshot(client.position()));
        }

        @Override
        ByteBuffer heartbeat() {
            return BEAT.duplicate();
        }
    }

    /** The topic's reading: the ring, the thread that fills it, and those that read for clients outside it. */
    private final class TopicFeed extends Feed {
        private final KafkaSettings kafka;
        private final String topicId;
        private final ExecutorService logReaders = Executors.newFixedThreadPool(LOG_READERS, named("events-log"));
        private final ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(named("events-clock"));
        private final Set<TopicReader<?>> readers = ConcurrentHashMap.newKeySet();
        private final ThreadLocal<TopicReader<?>> logReader = new ThreadLocal<>();
        private volatile EventRing ring;
        private volatile boolean ready;
        private TopicReader<?> endsReader;
        private TopicPosition knownEnds;

        TopicFeed(KafkaSettings kafka, String topicId) {
            this.kafka = kafka;
            this.topicId = topicId;
        }

        <T extends SpecificRecord> void begin(Source<T> what) {
            TopicReader<T> reader = what.reader(kafka);
            readers.add(reader);
            long[] ends = reader.ends();
            TopicPosition start = TopicPosition.start(topicId, reader.partitions());
            for (int partition = 0; partition < ends.length; partition++) {
                start.advance(partition, ends[partition] - RING_EVENTS / ends.length);
            }
            ring = new EventRing(RING_EVENTS, RING_BYTES, start);
            seek(reader, start);
            Thread filler = new Thread(() -> fill(what, reader, ends), "events");
            filler.setDaemon(true);
            filler.start();
            long beat = settings.heartbeat().toMillis();
            clock.scheduleWithFixedDelay(() -> clients.forEach(Client::beat), beat, beat, TimeUnit.MILLISECONDS);
        }

        @Override
        boolean isReady() {
            return ready;
        }

        @Override
        EventRing ring() {
            return ring;
        }

        @Override
        TopicPosition from(Query query, String lastEventId) {
            boolean now = query.text("from")
                    .map(from -> switch (from) {
                        case "start" -> false;
                        case "now" -> true;
                        default ->
                            throw Problem.badRequest(
                                    "from: expected start or now, found '" + Query.shortened(from) + "'");
                    })
                    .orElse(false);
            TopicPosition head = ring.head();
            TopicPosition start = TopicPosition.start(topicId, head.partitions());
            if (lastEventId == null || lastEventId.isEmpty()) {
                return now ? head : start;
            }
            TopicPosition last = TopicPosition.parse(lastEventId, head.partitions());
            // A topic made anew, or one that has lost its end: what was read before says nothing about what is there.
            return last.topicId().equals(topicId) && !isBeyondTheEnd(last, head) ? last : start;
        }

        /** Another server may be ahead of this one by what it has read since. */
        private boolean isBeyondTheEnd(TopicPosition last, TopicPosition head) {
            if (!last.isBeyond(head)) {
                return false;
            }
            try {
                return isBeyondTheTopic(last);
            } catch (KafkaException | BrokerUnavailableException e) {
                throw Problem.unavailable("the topic " + source.topic.topicName() + " cannot be read now");
            }
        }

        /** The broker is asked only where what it said last does not do: many clients may come from another server at once. */
        private synchronized boolean isBeyondTheTopic(TopicPosition last) {
            if (endsReader == null) {
                endsReader = source.reader(kafka);
                readers.add(endsReader);
            }
            if (knownEnds == null || last.isBeyond(knownEnds)) {
                knownEnds = new TopicPosition(topicId, endsReader.ends());
            }
            return last.isBeyond(knownEnds);
        }

        private <T extends SpecificRecord> void fill(Source<T> what, TopicReader<T> first, long[] ends) {
            TopicReader<T> reader = first;
            while (closing.getCount() > 0) {
                try {
                    if (reader == null) {
                        reader = what.reader(kafka);
                        readers.add(reader);
                        seek(reader, ring.head());
                    }
                    take(what, reader.next(POLL));
                    ready = ready || reached(reader.positions(), ends);
                } catch (KafkaException | BrokerUnavailableException e) {
                    if (!wait(PAUSE)) {
                        LOG.warn("reading {} again after {}", what.topic.topicName(), e.toString());
                    }
                    if (reader != null) {
                        readers.remove(reader);
                        reader.close();
                        reader = null;
                    }
                }
            }
            if (reader != null) {
                reader.close();
            }
        }

        private <T extends SpecificRecord> void take(Source<T> what, List<TopicReader.Message<T>> messages) {
            if (messages.isEmpty()) {
                return;
            }
            for (TopicReader.Message<T> message : messages) {
                if (message.value() == null) {
                    ring.pass(message.partition(), message.offset());
                } else {
                    ring.add(message.partition(), message.offset(), what.eventName, what.line.apply(message.value()));
                }
            }
            wakeClients();
        }

        private static boolean reached(long[] positions, long[] ends) {
            for (int partition = 0; partition < ends.length; partition++) {
                if (positions[partition] < ends[partition]) {
                    return false;
                }
            }
            return true;
        }

        /** Lets one of the log's readers hand a chunk to a client. */
        @Override
        void readFor(Client client) {
            try {
                logReaders.execute(() -> client.take(chunk(source, client.position())));
            } catch (RejectedExecutionException e) {
                client.abort(e);
            }
        }

        /** What the topic holds next; the position is moved on. */
        private <T extends SpecificRecord> ByteBuffer chunk(Source<T> what, TopicPosition position) {
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            try {
                TopicReader<T> reader = logReader(what);
                seek(reader, position);
                for (TopicReader.Message<T> message : reader.next(POLL)) {
                    position.advance(message.partition(), message.offset() + 1);
                    if (message.value() != null) {
                        EventText.of(
                                        message.partition(),
                                        message.offset(),
                                        position,
                                        what.eventName,
                                        what.line.apply(message.value()))
                                .writeTo(out, position);
                    }
                }
                long[] positions = reader.positions();
                for (int partition = 0; partition < positions.length; partition++) {
                    position.advance(partition, positions[partition]);
                }
            } catch (KafkaException | BrokerUnavailableException e) {
                LOG.warn("cannot read {} for a client that is behind: {}", what.topic.topicName(), e.toString());
                closeLogReader();
                wait(PAUSE);
            }
            return ByteBuffer.wrap(out.toByteArray());
        }

        @SuppressWarnings("unchecked") // there is but one source
        private <T extends SpecificRecord> TopicReader<T> logReader(Source<T> what) {
            if (logReader.get() == null) {
                Map<String, String> few = new HashMap<>(kafka.client());
                few.put("max.poll.records", Integer.toString(CHUNK_RECORDS));
                few.put("max.partition.fetch.bytes", Integer.toString(4 * EventRing.CHUNK_BYTES));
                logReader.set(what.reader(new KafkaSettings(kafka.bootstrapServers(), few)));
                readers.add(logReader.get());
            }
            return (TopicReader<T>) logReader.get();
        }

        private void closeLogReader() {
            if (logReader.get() != null) {
                readers.remove(logReader.get());
                logReader.get().close();
                logReader.remove();
            }
        }

        private void seek(TopicReader<?> reader, TopicPosition position) {
            long[] offsets = new long[position.partitions()];
            for (int partition = 0; partition < offsets.length; partition++) {
                offsets[partition] = position.of(partition);
            }
            reader.seek(offsets);
        }

        void close() {
            clock.shutdownNow();
            logReaders.shutdownNow();
            readers.forEach(TopicReader::close);
        }

        /** Whether the stream was closed meanwhile. */
        private boolean wait(Duration pause) {
            try {
                return closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
    }

    private static java.util.concurrent.ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * One client: whoever has news for it, or its last write's end, makes it write the next. It is in the hands of one
     * thread at a time: that of {@link IteratingCallback}, or, while {@code reading}, that of the log's reader.
     */
    private final class Client extends IteratingCallback {
        private final Feed feed;
        private final EventRing.Cursor cursor;
        private final Response response;
        private final Callback callback;
        private boolean greeted;
        private volatile boolean reading;
        private volatile boolean beat;
        private volatile ByteBuffer fromLog;

        Client(Feed feed, TopicPosition from, Response response, Callback callback) {
            this.feed = feed;
            this.cursor = new EventRing.Cursor(from);
            this.response = response;
            this.callback = callback;
        }

        TopicPosition position() {
            return cursor.position();
        }

        /** Something is to be sent, lest the connection look dead; if it is, this is how that is noticed. */
        void beat() {
            beat = true;
            iterate();
        }

        /** By the log's reader. */
        void take(ByteBuffer chunk) {
            fromLog = chunk;
            reading = false;
            iterate();
        }

        @Override
        protected Action process() {
            ByteBuffer next = next();
            if (!next.hasRemaining()) {
                return Action.IDLE;
            }
            beat = false;
            response.write(false, next, this);
            return Action.SCHEDULED;
        }

        private ByteBuffer next() {
            if (!greeted) {
                greeted = true;
                return GREETING.duplicate();
            }
            ByteBuffer news = reading ? null : news();
            return news != null ? news : beat ? feed.heartbeat() : ByteBuffer.allocate(0);
        }

        /** Null if there is nothing now. */
        private ByteBuffer news() {
            ByteBuffer chunk = fromLog;
            if (chunk != null) {
                fromLog = null;
                if (chunk.hasRemaining()) {
                    return chunk;
                }
            }
            ByteBuffer news = feed.ring().next(cursor);
            if (news == null) {
                reading = true;
                feed.readFor(this);
                return null;
            }
            return news.hasRemaining() ? news : null;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            if (clients.remove(this)) {
                open.decrementAndGet();
                gone.incrementAndGet();
            }
            callback.failed(cause);
        }
    }
}

package org.mtlfarm.standalone.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many clients of an event stream in one thread. Of what each has got it keeps the number and a sum of hashes, which any
 * event lost, repeated or changed makes differ from the others'. A lazy client stops reading when told to, with the
 * connection open.
 */
final class EventClients implements AutoCloseable {
    private static final Pattern UPDATED = Pattern.compile("\"updatedAt\":(\\d+)");
    private static final String END_OF_EVENT = "\n\n";

    /** One client; its figures are read when the thread has ended, or by who bears that they move. */
    static final class Client {
        private final SocketChannel channel;
        private final boolean lazy;
        private final ByteBuffer request;
        /** What came of the event that is not whole yet. HTTP/1.0 has no chunks: the lines are the stream's own. */
        private final StringBuilder text = new StringBuilder();

        private boolean head = true;
        volatile String status = "";
        volatile String lastId = "";
        volatile long events;
        volatile long hashes;
        volatile long bytes;
        volatile boolean ended;

        private Client(SocketChannel channel, boolean lazy, ByteBuffer request) {
            this.channel = channel;
            this.lazy = lazy;
            this.request = request;
        }
    }

    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private final List<Integer> latencies = new ArrayList<>();
    private final LongSupplier nowMillis;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
    private volatile boolean lazyRead;
    private volatile boolean closed;
    private volatile boolean measuring;

    /**
     * Connects.
     *
     * @param lastEventId where each begins; empty for the start
     * @param lazy of them, those that take nothing but their connection until {@link #wakeTheLazy}
     */
    EventClients(URI stream, String lastEventId, int count, int lazy, LongSupplier nowMillis) throws IOException {
        this.nowMillis = nowMillis;
        String path = stream.getRawPath() + (stream.getRawQuery() == null ? "" : "?" + stream.getRawQuery());
        String request = "GET " + path + " HTTP/1.0\r\nHost: " + stream.getAuthority()
                + "\r\nAccept: text/event-stream\r\n"
                + (lastEventId.isEmpty() ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + "\r\n";
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            boolean isLazy = i < lazy;
            if (isLazy) {
                // So little that the server's writes soon find no room.
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            }
            channel.connect(new InetSocketAddress(stream.getHost(), stream.getPort()));
            channel.configureBlocking(false);
            Client client = new Client(channel, isLazy, ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            clients.add(client);
            while (client.request.hasRemaining()) {
                channel.write(client.request);
            }
            if (!isLazy) {
                channel.register(selector, SelectionKey.OP_READ, client);
            }
        }
        Thread thread = new Thread(this::read, "event-clients");
        thread.setDaemon(true);
        thread.start();
    }

    List<Client> clients() {
        return clients;
    }

    /** From now on the time from a result's stamp to each client is noted. */
    void measure() {
        measuring = true;
    }

    /** Milliseconds, sorted; after {@link #close}. */
    List<Integer> latencies() {
        latencies.sort(null);
        return latencies;
    }

    void wakeTheLazy() {
        lazyRead = true;
        selector.wakeup();
    }

    private void read() {
        try {
            boolean woken = false;
            while (!closed) {
                selector.select(100);
                if (lazyRead && !woken) {
                    woken = true;
                    for (Client client : clients) {
                        if (client.lazy) {
                            client.channel.register(selector, SelectionKey.OP_READ, client);
                        }
                    }
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    take(key, (Client) key.attachment());
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            ended.countDown();
        }
    }

    private void take(SelectionKey key, Client client) {
        buffer.clear();
        int read;
        try {
            read = client.channel.read(buffer);
        } catch (IOException e) {
            read = -1;
        }
        if (read < 0) {
            client.ended = true;
            key.cancel();
            return;
        }
        client.bytes += read;
        buffer.flip();
        client.text.append(StandardCharsets.ISO_8859_1.decode(buffer));
        if (client.head) {
            int end = client.text.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            client.status = client.text.substring(0, client.text.indexOf("\r\n"));
            client.text.delete(0, end + 4);
            client.head = false;
        }
        int from = 0;
        for (int end = client.text.indexOf(END_OF_EVENT); end >= 0; end = client.text.indexOf(END_OF_EVENT, from)) {
            event(client, client.text.substring(from, end));
            from = end + END_OF_EVENT.length();
        }
        client.text.delete(0, from);
    }

    private void event(Client client, String event) {
        String data = null;
        for (String line : event.split("\n")) {
            if (line.startsWith("id: ")) {
                client.lastId = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
        }
        if (data != null) {
            client.hashes += hash(data);
            client.events++;
            if (measuring && !client.lazy) {
                Matcher updated = UPDATED.matcher(data);
                if (updated.find()) {
                    latencies.add((int) (nowMillis.getAsLong() - Long.parseLong(updated.group(1))));
                }
            }
        }
    }

    /** Of an event's data. */
    static long hash(String data) {
        long hash = 1125899906842597L;
        for (int i = 0; i < data.length(); i++) {
            hash = 31 * hash + data.charAt(i);
        }
        return hash;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Client client : clients) {
            client.channel.close();
        }
        selector.close();
    }
}

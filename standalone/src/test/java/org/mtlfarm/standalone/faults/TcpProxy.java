package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network between workers and broker that can be cut: nothing passes, nothing is told, until it is healed. */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean cut;
    private volatile boolean closed;

    public TcpProxy(int port, int target) throws IOException {
        this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        thread("proxy", this::accept);
    }

    public synchronized void cut() {
        cut = true;
    }

    public synchronized void heal() {
        cut = false;
        notifyAll();
    }

    private synchronized void awaitHealed() {
        try {
            while (cut && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                thread("proxy connection", () -> connect(client));
            } catch (IOException e) {
                // Closed, or a client that has gone again.
            }
        }
    }

    private void connect(Socket client) {
        awaitHealed();
        try {
            Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(broker);
            thread("proxy to broker", () -> copy(client, broker));
            copy(broker, client);
        } catch (IOException e) {
            close(client);
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 14];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                awaitHealed();
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // One side is gone, and so the other must be.
        }
        close(from);
        close(to);
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        heal();
        try {
            server.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
        sockets.forEach(this::close);
    }
}

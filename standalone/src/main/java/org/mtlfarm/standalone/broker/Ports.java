package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/** The two ports of a broker: where clients connect, and where its own controller listens. */
record Ports(int clients, int controller) {
    /** What a directory holds that no broker has used. */
    static final Ports NONE = new Ports(0, 0);

    /**
     * Ports that are free now.
     *
     * @param wanted the clients' port that the user asked for, or 0
     * @param last the ports used before in the same directory
     * @throws BrokerFailedException if the wanted port is taken
     */
    static Ports choose(String host, int wanted, Ports last) {
        if (wanted != 0 && !isFree(host, wanted)) {
            throw inUse(host, wanted);
        }
        Set<Integer> taken = new HashSet<>();
        int clients = wanted != 0 ? wanted : freeAgainOrAny(host, last.clients, taken);
        taken.add(clients);
        return new Ports(clients, freeAgainOrAny(host, last.controller, taken));
    }

    static BrokerFailedException inUse(String host, int port) {
        return new BrokerFailedException("port " + port + " on " + host
                + " is in use: stop what listens there, or choose another port (0 for any free one)");
    }

    private static int freeAgainOrAny(String host, int last, Set<Integer> taken) {
        if (last != 0 && !taken.contains(last) && isFree(host, last)) {
            return last;
        }
        int port;
        do {
            port = bind(host, 0);
        } while (taken.contains(port));
        return port;
    }

    static boolean isFree(String host, int port) {
        try {
            bind(host, port);
            return true;
        } catch (BrokerFailedException e) {
            return false;
        }
    }

    private static int bind(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As Kafka does: a port whose last connections are still closing is free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BrokerFailedException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }
}

package org.mtlfarm.standalone.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM. The hook's thread asks the owner to stop and waits for it; it closes nothing that another thread is
 * using.
 */
final class Shutdown {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private Shutdown() {}

    /** Where the owner has nothing of its own to close: the hook closes. */
    static void onSignal(Runnable stop, Runnable close) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.run();
                            close.run();
                        },
                        "shutdown"));
    }

    /** The hook asks to stop and waits until the owner says that it has. */
    static CountDownLatch ownerCloses(Runnable stop) {
        return ownerCloses(stop, PATIENCE);
    }

    /** As {@link #ownerCloses(Runnable)}, for an owner that takes longer. */
    static CountDownLatch ownerCloses(Runnable stop, Duration patience) {
        CountDownLatch closed = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    stop.run();
                    try {
                        closed.await(patience.toMillis(), TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return closed;
    }
}

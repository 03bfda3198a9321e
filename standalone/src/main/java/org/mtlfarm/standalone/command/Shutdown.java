package org.mtlfarm.standalone.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM. The hook's thread asks the owner to stop and waits for it; it closes nothing that another thread is
 * using. A service that was asked to stop and has stopped in good order exits with 0: Java alone would say 143, which job
 * schedulers take for a failure.
 */
final class Shutdown implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean well;

    private Shutdown() {}

    /** Where the owner has nothing of its own to close: the hook closes. */
    static void onSignal(Runnable stop, Runnable close) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.run();
                            close.run();
                            end();
                        },
                        "shutdown"));
    }

    /** The hook asks to stop and waits until the owner closes what this returns, which says that it has. */
    static Shutdown ownerCloses(Runnable stop) {
        return ownerCloses(stop, PATIENCE);
    }

    /** As {@link #ownerCloses(Runnable)}, for an owner that takes longer. */
    static Shutdown ownerCloses(Runnable stop, Duration patience) {
        Shutdown shutdown = new Shutdown();
        Thread hook = new Thread(() -> shutdown.hook(stop, patience), "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return shutdown;
    }

    private void hook(Runnable stop, Duration patience) {
        if (ended.getCount() == 0) {
            // Not asked from outside: the command has come to its own end, with its own status.
            return;
        }
        stop.run();
        try {
            if (ended.await(patience.toMillis(), TimeUnit.MILLISECONDS) && well) {
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void end() {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(0);
    }

    /** The owner's work has ended as it should: being stopped is no failure of it. */
    void endedWell() {
        well = true;
    }

    /** The owner's work has ended, in whatever way. */
    @Override
    public void close() {
        ended.countDown();
    }
}

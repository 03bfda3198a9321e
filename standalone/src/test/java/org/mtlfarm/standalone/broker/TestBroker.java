package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;

/**
 * A real broker, started once for all test classes that ask for it: {@code @ExtendWith(TestBroker.class)} and a
 * parameter of this type. A record lock may be as short as 1 s. Tests share its topics: each begins with {@link
 * #emptied()}.
 */
public final class TestBroker implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestBroker.class);

    private final EmbeddedBroker broker;

    public TestBroker() {
        this(null);
    }

    private TestBroker(EmbeddedBroker broker) {
        this.broker = broker;
    }

    public KafkaSettings kafka() {
        return KafkaSettings.of(broker.bootstrapServers());
    }

    /** Settings for a broker of a test's own. */
    public static BrokerSettings settings(Path directory) {
        return BrokerSettings.in(directory)
                .with("group.share.min.record.lock.duration.ms", "1000")
                .with("group.share.heartbeat.interval.ms", "100")
                // A killed worker is a member until then, and the next test waits for it to be none.
                .with("group.share.min.session.timeout.ms", "10000")
                .with("group.share.session.timeout.ms", "10000")
                .with("group.share.assignment.interval.ms", "0");
    }

    /** The farm's topics, all empty, and no group that remembers anything; other topics are gone. */
    public KafkaSettings emptied(WorkGroup group) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka().admin())) {
            forgetGroups(admin);
            Set<String> topics = admin.listTopics().names().get();
            admin.deleteTopics(topics).all().get();
            // Deleted by the controller, they are still listed by the broker a little longer, as if none were missing.
            while (!Collections.disjoint(admin.listTopics().names().get(), topics)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            TopicSetup.ensure(admin, group, TopicSetup.BROKERS_REPLICATION, Duration.ofMinutes(2));
        }
        return kafka();
    }

    /** Waits for the last test's members, who may be leaving yet: a group that has one cannot be deleted, and would remember its offsets. */
    private static void forgetGroups(Admin admin) throws ExecutionException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        List<String> groups = groups(admin);
        while (!groups.isEmpty()) {
            admin.deleteConsumerGroups(groups);
            admin.deleteShareGroups(groups);
            TimeUnit.MILLISECONDS.sleep(500);
            groups = groups(admin);
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException("groups that are not deleted: " + groups);
            }
        }
    }

    private static List<String> groups(Admin admin) throws ExecutionException, InterruptedException {
        return admin.listGroups().all().get().stream()
                .map(listing -> listing.groupId())
                .toList();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestBroker.class;
    }

    @Override
    public TestBroker resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Started started = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Started.class, key -> Started.now(), Started.class);
        return new TestBroker(started.broker);
    }

    private record Started(Path directory, EmbeddedBroker broker) implements AutoCloseable {
        static Started now() {
            try {
                Path directory = Files.createTempDirectory("farm-broker");
                return new Started(directory, EmbeddedBroker.start(settings(directory)));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws IOException {
            broker.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}

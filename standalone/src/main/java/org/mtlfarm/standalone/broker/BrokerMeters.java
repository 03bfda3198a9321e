package org.mtlfarm.standalone.broker;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What the broker of this process tells Prometheus: the few of Kafka's numbers, which it shows by JMX, that size a farm. */
public final class BrokerMeters {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private BrokerMeters() {}

    /** Puts them into a registry. */
    public static void bind(MeterRegistry registry) {
        counter(registry, "farm.broker.messages.in", "Records written", "MessagesInPerSec");
        counter(registry, "farm.broker.bytes.in", "Bytes written", "BytesInPerSec");
        counter(registry, "farm.broker.bytes.out", "Bytes read", "BytesOutPerSec");
        Gauge.builder("farm.broker.log.size", () -> sum("kafka.log:type=Log,name=Size,*", "Value"))
                .baseUnit("bytes")
                .description("What the logs of all partitions hold")
                .register(registry);
    }

    private static void counter(MeterRegistry registry, String name, String description, String bean) {
        FunctionCounter.builder(name, BEANS, beans -> sum("kafka.server:type=BrokerTopicMetrics,name=" + bean, "Count"))
                .description(description)
                .register(registry);
    }

    private static double sum(String pattern, String attribute) {
        try {
            double sum = 0;
            for (ObjectName bean : BEANS.queryNames(new ObjectName(pattern), null)) {
                sum += BEANS.getAttribute(bean, attribute) instanceof Number number ? number.doubleValue() : 0;
            }
            return sum;
        } catch (JMException e) {
            // A partition that goes away while it is asked; the next scrape finds the rest.
            return Double.NaN;
        }
    }
}

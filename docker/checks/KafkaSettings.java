import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

import kafka.server.KafkaConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** Fails unless Kafka's broker knows all settings given as name=value, and takes their values. */
public final class KafkaSettings {
    public static void main(String[] settings) {
        Properties properties = new Properties();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            properties.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
        }
        Set<String> unknown = new TreeSet<>(properties.stringPropertyNames());
        unknown.removeAll(AbstractKafkaConfig.CONFIG_DEF.names());
        // Listeners' and groups' own settings are not among the names; a broker has none of these here.
        if (!unknown.isEmpty()) {
            System.err.println("Kafka's broker does not know " + String.join(", ", unknown));
            System.exit(1);
        }
        KafkaConfig.fromProps(properties, false);
        System.out.println(settings.length + " settings of Kafka");
    }
}

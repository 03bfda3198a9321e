package org.mtlfarm.aggregator;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;

import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.AvroSerde;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WireFormat;

import static org.assertj.core.api.Assertions.assertThat;

class AverageTopologyTest {
    @TempDir
    private Path directory;

    private final SetAside setAside = new SetAside();
    private final AggregatorCounters counters = new AggregatorCounters();
    private final AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);
    private final EveryAverageEqualsItsRecomputation guarantee = new EveryAverageEqualsItsRecomputation();
    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> results;
    private TestOutputTopic<String, Average> averages;

    @BeforeEach
    void open() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, AggregatorSettings.APPLICATION_ID);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
        properties.put(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, SetUnreadableAside.class.getName());
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class.getName());
        properties.put(SetUnreadableAside.SET_ASIDE, setAside);
        driver =
                new TopologyTestDriver(AverageTopology.of(4, WireFormat.SINGLE_OBJECT, setAside, counters), properties);
        results =
                driver.createInputTopic(Topics.RESULTS.topicName(), new StringSerializer(), new ByteArraySerializer());
        averages = driver.createOutputTopic(
                Topics.AVERAGES.topicName(),
                new StringDeserializer(),
                AvroSerde.of(Average.class).deserializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void fiveResultsGiveOneCompleteAverageKeyedByItsExperiment() {
        for (int run = 0; run < 5; run++) {
            publish(SampleResults.trained("e", run, 0.1 * run));
        }
        List<Average> published = published();
        assertThat(published).extracting(Average::getRunsDone).containsExactly(1, 2, 3, 4, 5);
        assertThat(published).extracting(Average::getComplete).containsExactly(false, false, false, false, true);
        guarantee.holds();
    }

    @Test
    void aResultDeliveredTwiceCountsOnce() {
        publish(SampleResults.trained("e", 0, 0.3));
        publish(SampleResults.trained("e", 0, 0.3));
        publish(SampleResults.trained("e", 1, 0.5));
        published();
        assertThat(stored("e").getRunsDone()).isEqualTo(2);
        assertThat(stored("e").getDuplicatesIdentical()).isOne();
        guarantee.holds();
    }

    @Test
    void whatBecameOfEachResultIsCounted() {
        publish(SampleResults.failed("e", 0));
        publish(SampleResults.trained("e", 0, 0.3));
        publish(SampleResults.trained("e", 0, 0.3));
        publish(SampleResults.trained("e", 0, 0.31));
        publish(SampleResults.trained("e", 1, 0.5));
        publish(SampleResults.failed("e", 1));
        assertThat(published()).hasSize(6);
        assertThat(counters.untrained()).isEqualTo(2);
        assertThat(counters.counted()).isEqualTo(2);
        assertThat(counters.repeatedSame()).isEqualTo(1);
        assertThat(counters.repeatedDifferent()).isEqualTo(1);
        assertThat(counters.averages()).isEqualTo(6);
    }

    @Test
    void aFailedRunThatIsRetriedFillsItsPlace() {
        publish(SampleResults.failed("e", 0));
        assertThat(published()).singleElement().satisfies(average -> {
            assertThat(average.getFailed()).isOne();
            assertThat(average.getRunsDone()).isZero();
        });
        publish(SampleResults.trained("e", 0, 0.3));
        published();
        guarantee.holds();
    }

    @Test
    void poisonedRecordsAreSetAsideAndTheOthersCount() {
        publish(SampleResults.trained("e", 0, 0.3));
        byte[] sound = codec.encode(SampleResults.trained("e", 1, 0.4));
        byte[] truncated = java.util.Arrays.copyOf(sound, sound.length / 2);
        results.pipeInput("e/1", new byte[] {1, 2, 3});
        results.pipeInput("e/1", new byte[0]);
        results.pipeInput("e/1", truncated);
        results.pipeInput("e/1", AvroCodec.of(Average.class).encode(stored("e")));
        results.pipeInput("e/1", null);
        results.pipeInput(null, new byte[] {9});
        results.pipeInput("e/7", codec.encode(SampleResults.trained("e", 7, 0.4)));
        publish(SampleResults.trained("e", 2, 0.5));
        published();
        assertThat(setAside.records()).isEqualTo(7);
        assertThat(stored("e").getRunsDone()).isEqualTo(2);
        guarantee.holds();
    }

    @Test
    void theStoreHoldsWhatTheTopicHolds() {
        publish(SampleResults.trained("a", 0, 0.3));
        publish(SampleResults.trained("b", 0, 0.4));
        Map<String, Average> last = new java.util.TreeMap<>();
        averages.readKeyValuesToList().forEach(record -> last.put(record.key, record.value));
        assertThat(last).containsOnlyKeys("a", "b");
        last.forEach((id, average) -> assertThat(stored(id)).isEqualTo(average));
    }

    @Test
    void anAverageBearsTheTimeOfItsLatestResult() {
        Instant late = Instant.ofEpochMilli(2_000);
        Instant early = Instant.ofEpochMilli(1_000);
        results.pipeInput("e/0", codec.encode(SampleResults.trained("e", 0, 0.3)), late);
        results.pipeInput("e/1", codec.encode(SampleResults.trained("e", 1, 0.3)), early);
        assertThat(stored("e").getUpdatedAt()).isEqualTo(late);
    }

    @Test
    void manyExperimentsInAnyOrderWithRepetitionsAllEqualTheirRecomputation() {
        long seed = 20_240_711L;
        Random random = new Random(seed);
        List<RunResult> delivered = new ArrayList<>();
        for (int experiment = 0; experiment < 40; experiment++) {
            for (int run = 0; run < 5; run++) {
                double f1 = random.nextDouble();
                int times = 1 + random.nextInt(3);
                for (int time = 0; time < times; time++) {
                    delivered.add(SampleResults.trained("e" + experiment, run, f1));
                }
                if (random.nextInt(4) == 0) {
                    delivered.add(SampleResults.failed("e" + experiment, run));
                }
            }
        }
        Collections.shuffle(delivered, random);
        delivered.forEach(this::publish);
        published();
        guarantee.holds();
    }

    @Test
    void theInternalTopicsHaveNamesThatOutliveChangesOfTheTopology() {
        publish(SampleResults.trained("e", 0, 0.3));
        assertThat(driver.producedTopicNames())
                .containsExactlyInAnyOrder(
                        "farm-aggregator-by-experiment-repartition",
                        "farm-aggregator-experiments-changelog",
                        Topics.AVERAGES.topicName());
    }

    @Test
    void theChangelogHoldsTheWholeState() {
        publish(SampleResults.trained("e", 0, 0.3));
        publish(SampleResults.failed("e", 1));
        TestOutputTopic<String, Average> changelog = driver.createOutputTopic(
                "farm-aggregator-experiments-changelog",
                Serdes.String().deserializer(),
                AvroSerde.of(Average.class).deserializer());
        Average last = changelog.readKeyValuesToMap().get("e");
        assertThat(last).isEqualTo(stored("e"));
        assertThat(last.getSlots()).hasSize(2);
    }

    private void publish(RunResult result) {
        guarantee.watch(result);
        results.pipeInput(result.getExperiment().getExperimentId() + "/" + result.getRunIndex(), codec.encode(result));
    }

    private List<Average> published() {
        List<Average> published = averages.readValuesToList();
        published.forEach(guarantee::watch);
        return published;
    }

    private Average stored(String experimentId) {
        KeyValueStore<String, Average> store = driver.getKeyValueStore(AverageTopology.STORE);
        return store.get(experimentId);
    }
}

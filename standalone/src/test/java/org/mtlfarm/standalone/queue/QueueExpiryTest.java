package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.producer.farm.FarmState;
import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.producer.farm.RunStanding;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** What the farm says of runs whose queue records have expired: the group's own offsets stay where they were. */
@ExtendWith(TestBroker.class)
class QueueExpiryTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS.withRecordLock(Duration.ofSeconds(30));

    @Test
    void runsWhoseRecordsExpiredAreMissingToOneWhoHadReadThem(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> done = QueuedRuns.some(3, "done");
        List<Run> expired = QueuedRuns.some(4, "expired");
        QueuedRuns.enqueue(kafka, done);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, done);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(WorkerSettings.of(1).withGroup(GROUP), new FakeTraining());
            once.await().assertHolds();
        }
        try (FarmView view = FarmView.open(kafka, GROUP)) {
            QueuedRuns.enqueue(kafka, expired);
            assertThat(standings(view.refresh(), expired)).containsOnly(RunStanding.QUEUED);

            try (Admin admin = Admin.create(kafka.admin())) {
                TopicPartition queue = new TopicPartition(Topics.RUNS.topicName(), 0);
                admin.deleteRecords(Map.of(queue, RecordsToDelete.beforeOffset(-1L)))
                        .all()
                        .get();
            }

            assertThat(standings(view.refresh(), expired)).containsOnly(RunStanding.MISSING);
        }
    }

    private static List<RunStanding> standings(FarmState state, List<Run> runs) {
        List<RunStanding> standings = new ArrayList<>();
        runs.forEach(run -> standings.add(state.standing(RunKey.of(run), Instant.now())));
        return standings;
    }
}

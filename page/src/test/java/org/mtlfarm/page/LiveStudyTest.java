package org.mtlfarm.page;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LiveStudyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theChangesOfAThousandRandomMomentsComeToTheWhole() throws Exception {
        Random random = new Random(7);
        Map<String, String> now = new LinkedHashMap<>();
        Map<String, JsonNode> held = new HashMap<>();
        for (int moment = 0; moment < 1_000; moment++) {
            Map<String, String> next = new LinkedHashMap<>(now);
            for (int i = random.nextInt(4); i > 0; i--) {
                String name = "experiment/\"" + random.nextInt(20);
                if (random.nextInt(3) == 0) {
                    next.remove(name);
                } else {
                    next.put(name, "[" + random.nextInt(3) + ",\"a\\nb\"]");
                }
            }
            LiveStudy.change(now, next).ifPresent(text -> apply(text, held));
            now = next;
            Map<String, JsonNode> whole = new HashMap<>();
            apply(LiveStudy.text(now, Map.of()), whole);
            assertThat(held).isEqualTo(whole);
        }
    }

    @Test
    void theWholeNamesTheIdBehindWhichItsChangesCome() throws Exception {
        LiveStudy study = new LiveStudy();
        study.show(Map.of("status", "{}"));
        JsonNode whole = JSON.readTree(study.whole());
        assertThat(whole.get("id").asText()).matches("0:2@[0-9a-f]{32}");
        assertThat(whole.get("put").has("status")).isTrue();
        assertThat(study.whole()).doesNotContain("\n\n").endsWith("\n");
    }

    private static void apply(String text, Map<String, JsonNode> held) {
        try {
            JsonNode change = JSON.readTree(text);
            change.get("drop").forEach(name -> held.remove(name.asText()));
            change.get("put").properties().forEach(one -> held.put(one.getKey(), one.getValue()));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}

package org.mtlfarm.regressor.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.mtlfarm.http.FarmHttpServer;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.http.Route;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulasJson;
import org.mtlfarm.schemas.TrainingSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is answered to who asks for a formula's value, and what a formula was before. */
class PredictionTest {
    static {
        AvroCodec.trustMessages();
    }

    private final FactorValues factors = new FactorValues();
    private final Formula formula = formula("0.001*tokens + 0.1*ami", 7);
    private final FarmHttpServer server = FarmHttpServer.start(
            HttpSettings.local(),
            List.of(Route.withAnyParameters(
                    "/predict", Route.JSON, (request, query) -> request.result(answer(formula, query)))),
            List.of());

    PredictionTest() {
        factors.take("a", average("a", 100, 2, 0.2));
        factors.take("b", average("b", 400, 5, 0.8));
        factors.take("of another study", average("of another study", 9000, 9, 1));
    }

    private String answer(Formula of, Query query) {
        return new Prediction(of, query)
                .json(factors.of(of.getExperiments()), Optional.empty())
                .toString();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theFormulasValueComesWithTheRangeOfItsData() throws Exception {
        JsonNode answer = json("tokens=200&ami=0.5");
        assertThat(answer.get("value").doubleValue()).isEqualTo(0.001 * 200 + 0.1 * 0.5);
        assertThat(answer.at("/factors/tokens/least").doubleValue()).isEqualTo(100);
        assertThat(answer.at("/factors/tokens/greatest").doubleValue()).isEqualTo(400);
        assertThat(answer.get("outside").booleanValue()).isFalse();
        assertThat(answer.get("condition").textValue()).isEqualTo("tasks > 1");
    }

    @Test
    void aQuestionBeyondTheDataOrTheConditionIsMarked() throws Exception {
        assertThat(json("tokens=401&ami=0.5").get("outsideOf")).hasToString("[\"tokens\"]");
        assertThat(json("tokens=200&ami=0.5&tasks=3").get("outside").booleanValue())
                .isFalse();
        assertThat(json("tokens=200&ami=0.5&tasks=1").get("outsideOf")).hasToString("[\"tasks\",\"tasks > 1\"]");
    }

    @Test
    void missingAndUnknownFactorsAreToldInOneLine() throws Exception {
        assertThat(mistake("tokens=200")).contains("missing factor ami: this formula takes tokens, ami");
        assertThat(mistake("")).contains("missing factor tokens, ami");
        assertThat(mistake("tokens=200&ami=0.5&alpha=1"))
                .contains("unknown factor 'alpha': this formula takes tokens, tasks, ami");
        assertThat(mistake("tokens=many&ami=0.5")).contains("tokens: expected a number, found 'many'");
        assertThat(mistake("tokens=1&tokens=2&ami=0.5")).contains("expected tokens once");
        assertThat(mistake("tokens=1e999&ami=0.5")).contains("expected a number");
    }

    @Test
    void aValueThatIsNoNumberIsNull() throws Exception {
        Formula pole = formula("1/tokens + ami", 8);
        try (FarmHttpServer other = FarmHttpServer.start(
                HttpSettings.local(),
                List.of(Route.withAnyParameters(
                        "/predict", Route.JSON, (request, query) -> request.result(answer(pole, query)))),
                List.of())) {
            assertThat(new ObjectMapper()
                            .readTree(get(other, "tokens=0&ami=1").body())
                            .get("value")
                            .isNull())
                    .isTrue();
        }
    }

    @Test
    void aFormulasHistoryIsWhatTheTopicHeldTheLatestFirst() {
        KnownFormulas known = new KnownFormulas();
        String key = FormulaJson.key(formula);
        String id = FormulasJson.id(key);
        for (int offset = 0; offset < 1500; offset++) {
            known.take(key, formula("tokens + " + offset, 5 + offset), 0, offset);
        }
        known.take(key, formula("tokens + 3", 8), 0, 3); // read again from the beginning
        assertThat(known.history(id, 2).toString())
                .contains("\"expression\":\"tokens + 1499\"", "\"offset\":1499", "\"offset\":1498");
        assertThat(known.history(id, 5000)).hasSize(KnownFormulas.LONGEST_HISTORY);
        assertThat(known.withId(id).getBest().getExpression()).isEqualTo("tokens + 1499");
        assertThat(known.all(Optional.of("quick"))).hasSize(1);
        assertThatThrownBy(() -> known.all(Optional.of("nobody"))).isInstanceOf(Problem.class);
        known.take(key, null, 0, 2000);
        assertThatThrownBy(() -> known.withId(id)).isInstanceOf(Problem.class);
    }

    private JsonNode json(String query) throws Exception {
        HttpResponse<String> answer = get(server, query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private String mistake(String query) throws Exception {
        HttpResponse<String> answer = get(server, query);
        assertThat(answer.statusCode()).isEqualTo(400);
        return answer.body();
    }

    private static HttpResponse<String> get(FarmHttpServer server, String query)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/predict?" + query))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static Formula formula(String expression, int rows) {
        return Formula.newBuilder()
                .setStudy("quick")
                .setSpecification("f1 ~ tokens, ami where tasks > 1")
                .setTarget("f1")
                .setFeatures(List.of("tokens", "ami"))
                .setCondition("tasks > 1")
                .setRows(rows)
                .setExperiments(List.of("a", "b"))
                .setBest(new Candidate(expression, expression, 5, 0.1, 0.1, 0.9))
                .setSeed(1)
                .setSeconds(0.1)
                .setFittedAt(Instant.EPOCH)
                .build();
    }

    private static Average average(String id, int tokens, int tasks, double ami) {
        Experiment experiment = Experiment.newBuilder()
                .setExperimentId(id)
                .setCorpusHash("c0")
                .setVectorsHash("f0")
                .setTasks(tasks)
                .setTokensReal(tokens)
                .setTokensSynthetic(tokens)
                .setAlpha(0.9)
                .setSharedLayers(2)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(30)
                        .setHidden(100)
                        .build())
                .build();
        return Average.newBuilder()
                .setExperiment(experiment)
                .setRunsDone(5)
                .setComplete(true)
                .setF1Mean(0.5)
                .setF1Std(0.1)
                .setF1Min(0.4)
                .setF1Max(0.6)
                .setF1DevMean(0.5)
                .setAmiMean(ami)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }
}

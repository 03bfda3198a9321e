package org.mtlfarm.schemas.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SchemaRegistryTest {
    private static final Schema FIRST =
            SchemaBuilder.record("Law").fields().requiredString("text").endRecord();
    private static final Schema WITH_DEFAULT = SchemaBuilder.record("Law")
            .fields()
            .requiredString("text")
            .name("size")
            .type()
            .intType()
            .intDefault(1)
            .endRecord();
    private static final Schema WITHOUT_DEFAULT = SchemaBuilder.record("Law")
            .fields()
            .requiredString("text")
            .requiredInt("size")
            .endRecord();

    private final FakeRegistry server = new FakeRegistry();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aNewSchemaIsRegisteredUnderTheSettingsCompatibilityAndFoundByItsId() throws Exception {
        int id = client().id("laws-value", FIRST);
        assertThat(server.ids("laws-value")).containsExactly(id);
        assertThat(server.compatibility("laws-value")).isEqualTo("FULL_TRANSITIVE");
        assertThat(client().schema(id)).isEqualTo(FIRST);
    }

    @Test
    void whatWasAskedOnceIsNotAskedAgainByHoweverManyThreads() throws Exception {
        SchemaRegistry registry = client();
        int id = registry.id("laws-value", FIRST);
        int asked = server.requests().size();
        Stream.generate(() -> CompletableFuture.runAsync(() -> {
                    assertThat(registry.id("laws-value", FIRST)).isEqualTo(id);
                    assertThat(schema(registry, id)).isEqualTo(FIRST);
                }))
                .limit(20)
                .toList()
                .forEach(CompletableFuture::join);
        assertThat(server.requests()).hasSize(asked);
    }

    @Test
    void aSchemaThatIsThereIsNotRegisteredAgainNorItsCompatibilityWritten() {
        int id = client().id("laws-value", FIRST);
        server.freeze();
        assertThat(client().id("laws-value", FIRST)).isEqualTo(id);
    }

    @Test
    void whoMayOnlyReadUsesWhatAnOperatorHasRegisteredUnderAnotherCompatibility() {
        int id = new SchemaRegistry(settings().with(Compatibility.BACKWARD)).id("laws-value", FIRST);
        server.freeze();
        assertThat(client().id("laws-value", FIRST)).isEqualTo(id);
        assertThat(server.compatibility("laws-value")).isEqualTo("BACKWARD");
        assertThatThrownBy(() -> client().id("other-value", FIRST))
                .isInstanceOf(RegistryRefusedException.class)
                .hasMessageContaining("refuses access (403 to PUT /config/other-value)");
    }

    @Test
    void anIncompatibleSchemaIsRefusedWithTheSubjectAndTheRegistrysReason() {
        SchemaRegistry registry = client();
        registry.id("laws-value", FIRST);
        assertThat(registry.id("laws-value", WITH_DEFAULT)).isNotEqualTo(registry.id("laws-value", FIRST));
        assertThatThrownBy(() -> registry.id("laws-value", WITHOUT_DEFAULT))
                .isInstanceOf(RegistryRefusedException.class)
                .hasMessage("the schema registry at " + server.url() + " refuses the schema of laws-value"
                        + " (FULL_TRANSITIVE): Schema being registered is incompatible with version 1 of it");
    }

    @Test
    void whatMayPassIsAskedAgain() {
        server.disturb(FakeRegistry.Disorder.ERROR_503, 2);
        assertThat(client().id("laws-value", FIRST)).isPositive();
        assertThat(server.requests())
                .startsWith("POST /subjects/laws-value", "POST /subjects/laws-value", "POST /subjects/laws-value");
    }

    @Test
    void aRegistryThatStaysOutOfOrderIsNamedWithItsReason() {
        server.disturb(FakeRegistry.Disorder.ERROR_503, Integer.MAX_VALUE);
        assertThatThrownBy(() -> impatient().id("laws-value", FIRST))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessage("no schema registry answers at " + server.url() + " within 1 s: 503 the leader is away");
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENCE", "HEADERS_ONLY"})
    void anAnswerThatDoesNotComeIsNotWaitedForForEver(FakeRegistry.Disorder disorder) {
        server.disturb(disorder, Integer.MAX_VALUE);
        assertThatThrownBy(() -> impatient().id("laws-value", FIRST))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining(server.url())
                .hasMessageContaining("no answer to POST /subjects/laws-value in 1500 ms");
    }

    @Test
    void nobodyThereIsOneLineWithTheUrl() {
        RegistrySettings nobody =
                RegistrySettings.of("http://me:secret@127.0.0.1:1").withPatience(Duration.ofSeconds(1), Duration.ZERO);
        assertThatThrownBy(() -> new SchemaRegistry(nobody).id("laws-value", FIRST))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageStartingWith("no schema registry answers at http://127.0.0.1:1 within 0 s: ")
                .hasMessageNotContainingAny("secret", "\n");
    }

    @Test
    void ofSeveralUrlsTheNextIsAskedWhereOneDoesNotAnswer() {
        RegistrySettings two = RegistrySettings.of("http://127.0.0.1:1, " + server.url());
        assertThat(new SchemaRegistry(two).id("laws-value", FIRST)).isPositive();
    }

    @Test
    void somethingThatIsNoRegistryIsSaidToBeNone() {
        server.disturb(FakeRegistry.Disorder.NOT_JSON, 1);
        assertThatThrownBy(() -> client().id("laws-value", FIRST))
                .hasMessageContaining("expected JSON from the schema registry")
                .hasMessageContaining("<html>a proxy's page</html>");
    }

    @Test
    void anIdThatNobodyKnowsIsAskedForOnceInAWhile() {
        AtomicLong now = new AtomicLong();
        SchemaRegistry registry = new SchemaRegistry(settings(), now::get);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> registry.schema(77))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessage("the schema registry at " + server.url() + " has no schema 77");
        }
        assertThat(server.requests()).hasSize(1);
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThatThrownBy(() -> registry.schema(77)).isInstanceOf(UnknownSchemaException.class);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aSchemaThatIsNotAvrosIsUnknown() {
        List<String> reasons = new ArrayList<>();
        for (String text : List.of(
                "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message A {}\"}",
                "{\"schema\":\"{\\\"type\\\":\\\"nonsense\\\"}\"}",
                "{\"schema\":\"\\\"B\\\"\",\"references\":[{\"name\":\"B\",\"subject\":\"b\",\"version\":1}]}")) {
            int id = server.add(text);
            assertThatThrownBy(() -> client().schema(id))
                    .isInstanceOf(UnknownSchemaException.class)
                    .satisfies(refused -> reasons.add(refused.getMessage().replaceFirst(".*? is ", "")));
        }
        assertThat(reasons.get(0)).isEqualTo("of type PROTOBUF");
        assertThat(reasons.get(1)).startsWith("none of Avro: ");
        assertThat(reasons.get(2)).isEqualTo("made of several");
    }

    @Test
    void userAndPasswordOrATokenAreSentAndNeverShown() {
        String basic = "Basic " + Base64.getEncoder().encodeToString("me:a b@c".getBytes());
        server.demand(basic);
        RegistrySettings user = RegistrySettings.of(server.url().replace("//", "//me:a%20b%40c@"));
        assertThat(new SchemaRegistry(user).id("laws-value", FIRST)).isPositive();
        assertThat(user.toString()).doesNotContain("a b@c", "a%20b", basic).contains(server.url());

        server.demand("Bearer t0ken");
        assertThat(new SchemaRegistry(settings().withToken("t0ken")).id("more-value", FIRST))
                .isPositive();
        assertThatThrownBy(() -> new SchemaRegistry(settings().withToken("wr0ng")).id("laws-value", FIRST))
                .isInstanceOf(RegistryRefusedException.class)
                .hasMessageStartingWith("the schema registry at " + server.url() + " refuses access (401")
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void whatIsNoUrlIsRefusedWithoutShowingAPassword() {
        for (String wrong : List.of("localhost:8081", "ftp://host", "http://", "", "http://host?x=1")) {
            assertThatThrownBy(() -> RegistrySettings.of(wrong))
                    .as(wrong)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("expected a schema registry's URL");
        }
        assertThatThrownBy(() -> RegistrySettings.of("http://me:se cret@host"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageNotContaining("cret");
        assertThatThrownBy(() -> RegistrySettings.of("htp://me:secret@host"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageNotContaining("secret");
    }

    private RegistrySettings settings() {
        return RegistrySettings.of(server.url());
    }

    private SchemaRegistry client() {
        return new SchemaRegistry(settings());
    }

    private SchemaRegistry impatient() {
        return new SchemaRegistry(settings().withPatience(Duration.ofMillis(1500), Duration.ofMillis(1600)));
    }

    private static Schema schema(SchemaRegistry registry, int id) {
        try {
            return registry.schema(id);
        } catch (UnknownSchemaException e) {
            throw new AssertionError(e);
        }
    }
}

package org.mtlfarm.worker.builtin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BuiltinSettingsTest {
    @Test
    void theBareNameMeansTheDefaults() {
        assertThat(BuiltinSettings.parse("builtin")).isEqualTo(BuiltinSettings.defaults());
        assertThat(BuiltinSettings.defaults().name()).isEqualTo("builtin");
    }

    @Test
    void whatANameGivesReplacesTheDefault() {
        BuiltinSettings settings = BuiltinSettings.parse("builtin:tokens=70000, seed=7");

        assertThat(settings)
                .isEqualTo(new BuiltinSettings(
                        70_000,
                        BuiltinSettings.defaults().devTokens(),
                        BuiltinSettings.defaults().testTokens(),
                        7));
        assertThat(BuiltinSettings.parse(settings.name())).isEqualTo(settings);
    }

    @Test
    void onlyBuiltinNamesAreGenerated() {
        assertThat(BuiltinSettings.names("builtin:seed=3")).isTrue();
        assertThat(BuiltinSettings.names("builtins")).isFalse();
        assertThat(BuiltinSettings.names("../data/builtin")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wikigold",
                "builtin:",
                "builtin:tokens",
                "builtin:tokens=many",
                "builtin:tokens=0",
                "builtin:tokens=9999999999",
                "builtin:size=3",
                "builtin:seed=1=2"
            })
    void aNameThatMeansNothingIsRefusedInOneLine(String name) {
        assertThatThrownBy(() -> BuiltinSettings.parse(name))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains("builtin")
                .doesNotContain("\n");
    }
}

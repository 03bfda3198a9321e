package org.mtlfarm.schemas;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunKeyTest {
    @Test
    void theSeedIsThatOfSha256OverTheKey() {
        // printf '00112233445566778899aabbccddeeff/3' | sha256sum
        assertThat(new RunKey("00112233445566778899aabbccddeeff", 3).seed()).isEqualTo(0xe0ce138fd2d46eaaL);
    }

    @Test
    void aKeyComesBackFromItsText() {
        RunKey key = new RunKey("ab12", 14);

        assertThat(RunKey.parse(key.toString())).isEqualTo(key);
        assertThat(new String(key.bytes(), StandardCharsets.UTF_8)).isEqualTo("ab12/14");
    }

    @Test
    void textThatIsNoKeyIsRefused() {
        for (String text : new String[] {"", "ab12", "/1", "ab12/", "ab12/-1", "ab12/01", "a/b/1"}) {
            assertThatThrownBy(() -> RunKey.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + text + "'");
        }
    }
}

package org.mtlfarm.standalone.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which farm this is. */
public final class FarmVersion {
    private FarmVersion() {}

    /** Version, and the commit it was built from where that is known. */
    public static String current() {
        Properties build = new Properties();
        try (InputStream properties = FarmVersion.class.getResourceAsStream("/farm-build.properties")) {
            if (properties == null) {
                return "unknown";
            }
            build.load(properties);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read farm-build.properties", e);
        }
        String version = build.getProperty("git.build.version", "unknown");
        String commit = build.getProperty("git.commit.id.describe", "");
        return commit.isEmpty() ? version : version + " (" + commit + ")";
    }
}

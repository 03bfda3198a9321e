package org.mtlfarm.page.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which versions of the browser's libraries are on the class path: their folders are named so. */
final class WebJars {
    private WebJars() {}

    static String version(String library) {
        String resource = "META-INF/maven/org.webjars.npm/" + library + "/pom.properties";
        try (InputStream in = WebJars.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("expected " + resource + " on the class path");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}

package org.mtlfarm.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The kernels' text, the same for a card and for the emulation. */
public final class KernelSource {
    private static final Pattern KERNEL = Pattern.compile("__global__ void (\\w+)\\(");

    private KernelSource() {}

    /** The declaration of the structure that every kernel takes, and {@code kernels.cu}. */
    public static String text() {
        try (InputStream in = KernelSource.class.getResourceAsStream("kernels.cu")) {
            return MemoryPlan.declaration() + new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("kernels.cu could not be read: " + e.getMessage(), e);
        }
    }

    /** The names of its kernels, in order. */
    public static List<String> kernels() {
        return KERNEL.matcher(text()).results().map(found -> found.group(1)).toList();
    }
}

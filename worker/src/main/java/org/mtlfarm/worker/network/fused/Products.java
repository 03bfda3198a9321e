package org.mtlfarm.worker.network.fused;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.ludovic.netlib.blas.NativeBLAS;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The three products of a layer {@code y = x w}, by the OpenBLAS that ND4J brings, on one thread.
 *
 * <p>The rows of x and y lie one after the other; w is [inputs, outputs], column by column, as {@link
 * org.mtlfarm.worker.network.ParameterLayout} has it. BLAS counts by columns and so sees transposes: {@code y' = w' x'},
 * {@code x' = w y'}, {@code w = x' y}.
 *
 * <p>The calls go through netlib's binding, which hands OpenBLAS the Java arrays themselves: JavaCPP's copies them, and
 * plain Java loops over native memory are six times slower since the JIT does not vectorise them. On a JDK before 22 a
 * garbage collection waits for a product to end, a few milliseconds at most.
 */
final class Products {
    private static final String LIBRARY_PATH = "dev.ludovic.netlib.blas.nativeLibPath";
    private static final NativeBLAS BLAS = load();

    private Products() {}

    /**
     * y = x w.
     *
     * @param x [rows, inputs]
     * @param yStride numbers from one row of y to the next, at least outputs
     */
    static void forward(
            int rows,
            int inputs,
            int outputs,
            float[] x,
            int xAt,
            float[] w,
            int wAt,
            float[] y,
            int yAt,
            int yStride) {
        BLAS.sgemm("T", "N", outputs, rows, inputs, 1, w, wAt, inputs, x, xAt, inputs, 0, y, yAt, yStride);
    }

    /**
     * dx = dy w'.
     *
     * @param dy [rows, outputs]
     * @param dx [rows, inputs]
     */
    static void backward(
            int rows, int inputs, int outputs, float[] dy, int dyAt, float[] w, int wAt, float[] dx, int dxAt) {
        BLAS.sgemm("N", "N", inputs, rows, outputs, 1, w, wAt, inputs, dy, dyAt, outputs, 0, dx, dxAt, inputs);
    }

    /**
     * dw = x' dy.
     *
     * @param x [rows, inputs]
     * @param dyStride numbers from one row of dy to the next, at least outputs
     */
    static void gradient(
            int rows,
            int inputs,
            int outputs,
            float[] x,
            int xAt,
            float[] dy,
            int dyAt,
            int dyStride,
            float[] dw,
            int dwAt) {
        BLAS.sgemm("N", "T", inputs, outputs, rows, 1, x, xAt, inputs, dy, dyAt, dyStride, 0, dw, dwAt, inputs);
    }

    /** Loads the library where that has not happened. One thread: the cores are for other models. */
    static void useOneThread() {
        openblas_nolapack.blas_set_num_threads(1);
    }

    /** The libraries' names and versions, from what Maven wrote into their jars. */
    static String version() {
        return library(openblas_nolapack.class, "org.bytedeco", "openblas") + ", netlib "
                + library(NativeBLAS.class, "dev.ludovic.netlib", "blas");
    }

    private static String library(Class<?> member, String group, String artifact) {
        String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = member.getResourceAsStream(resource)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return artifact + " " + properties.getProperty("version", "of unknown version");
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " could not be read: " + e.getMessage(), e);
        }
    }

    private static NativeBLAS load() {
        Loader.load(openblas_nolapack.class);
        String library = Loader.getLoadedLibraries().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("openblas_nolapack"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "expected OpenBLAS among the loaded libraries, found " + Loader.getLoadedLibraries()));
        System.setProperty(LIBRARY_PATH, library);
        Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder").setLevel(Level.WARNING);
        return NativeBLAS.getInstance();
    }
}

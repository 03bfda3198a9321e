package org.mtlfarm.worker.network.fused;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

import org.bytedeco.openblas.global.openblas_nolapack;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasColMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

/**
 * The three products of a layer {@code y = x w}, by OpenBLAS, on one thread.
 *
 * <p>The rows of x and y lie one after the other; w is [inputs, outputs], column by column, as {@link
 * org.mtlfarm.worker.network.ParameterLayout} has it. BLAS counts by columns and so sees transposes: {@code y' = w' x'},
 * {@code x' = w y'}, {@code w = x' y}.
 */
final class Products {
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
            NativeFloats x,
            int xAt,
            NativeFloats w,
            int wAt,
            NativeFloats y,
            int yAt,
            int yStride) {
        cblas_sgemm(
                CblasColMajor,
                CblasTrans,
                CblasNoTrans,
                outputs,
                rows,
                inputs,
                1,
                w.at(wAt),
                inputs,
                x.at(xAt),
                inputs,
                0,
                y.at(yAt),
                yStride);
    }

    /**
     * dx = dy w'.
     *
     * @param dy [rows, outputs]
     * @param dx [rows, inputs]
     */
    static void backward(
            int rows,
            int inputs,
            int outputs,
            NativeFloats dy,
            int dyAt,
            NativeFloats w,
            int wAt,
            NativeFloats dx,
            int dxAt) {
        cblas_sgemm(
                CblasColMajor,
                CblasNoTrans,
                CblasNoTrans,
                inputs,
                rows,
                outputs,
                1,
                w.at(wAt),
                inputs,
                dy.at(dyAt),
                outputs,
                0,
                dx.at(dxAt),
                inputs);
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
            NativeFloats x,
            int xAt,
            NativeFloats dy,
            int dyAt,
            int dyStride,
            NativeFloats dw,
            int dwAt) {
        cblas_sgemm(
                CblasColMajor,
                CblasNoTrans,
                CblasTrans,
                inputs,
                outputs,
                rows,
                1,
                x.at(xAt),
                inputs,
                dy.at(dyAt),
                dyStride,
                0,
                dw.at(dwAt),
                inputs);
    }

    /** For the whole process: the other cores are for other models. */
    static void useOneThread() {
        openblas_nolapack.blas_set_num_threads(1);
    }

    /** The library's name and version, from what Maven wrote into its jar. */
    static String version() {
        String resource = "/META-INF/maven/org.bytedeco/openblas/pom.properties";
        try (InputStream in = openblas_nolapack.class.getResourceAsStream(resource)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return "openblas " + properties.getProperty("version", "of unknown version");
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " could not be read: " + e.getMessage(), e);
        }
    }
}

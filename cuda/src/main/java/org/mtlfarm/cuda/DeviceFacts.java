package org.mtlfarm.cuda;

import java.util.OptionalDouble;

/**
 * What a device is.
 *
 * @param name as the driver gives it
 * @param capability compute capability, {@code 9.0}; empty for the emulation
 * @param libraries driver and libraries with versions; part of a result's provenance
 * @param memoryBytes in all
 * @param strictFlops floating-point operations a second at most in FP32 without tensor cores; empty if not known
 * @param tensorFlops likewise with TF32 on tensor cores
 * @param bytesPerSecond of its memory at most
 */
public record DeviceFacts(
        String name,
        String capability,
        String libraries,
        long memoryBytes,
        OptionalDouble strictFlops,
        OptionalDouble tensorFlops,
        OptionalDouble bytesPerSecond) {}

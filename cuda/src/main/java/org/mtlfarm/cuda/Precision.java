package org.mtlfarm.cuda;

/** What products are computed in; everything else is FP32 always. */
public enum Precision {
    /** FP32 throughout: for comparing with other engines. */
    STRICT,
    /** Operands rounded to TF32 (10 bits of mantissa), summed in FP32, on tensor cores. */
    TF32
}

package org.mtlfarm.cuda;

/** One thing that the device does in a step, for all members of a round. Sizes are those of one member. */
public sealed interface Operation {
    /** Floating-point operations a member. */
    long flops();

    /** Bytes a member that are read and written at least once. */
    long bytes();

    /**
     * A kernel of {@code kernels.cu}.
     *
     * @param items threads a member
     * @param a first of its three numbers
     */
    record Kernel(String name, int items, int a, int b, long flops, long bytes) implements Operation {
        public static final int THREADS = 256;

        /** Blocks a member. */
        public int blocks() {
            return (items + THREADS - 1) / THREADS;
        }
    }

    /**
     * {@code C = A B + beta C} by columns, as BLAS has it: op(A) [m, k], op(B) [k, n], C [m, n].
     *
     * @param a place of the operand among the {@link StepPlan#operands}
     */
    record Product(
            String name,
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            int a,
            int lda,
            int b,
            int ldb,
            float beta,
            int c,
            int ldc)
            implements Operation {
        @Override
        public long flops() {
            return 2L * m * n * k;
        }

        @Override
        public long bytes() {
            return 4L * ((long) m * k + (long) k * n + (long) m * n * (beta == 0 ? 1 : 2));
        }
    }
}

package org.mtlfarm.regressor.search;

import java.util.ArrayList;
import java.util.List;

/** The best member of each complexity so far. */
final class Front {
    private final Member[] best;

    Front(int maxComplexity) {
        this.best = new Member[maxComplexity + 1];
    }

    /** Takes the member in if it is the best of its complexity; ties go to the one that was there. */
    boolean offer(Member member) {
        int complexity = member.complexity();
        if (complexity >= best.length
                || best[complexity] != null && !(member.squaredError() < best[complexity].squaredError())) {
            return false;
        }
        best[complexity] = member;
        return true;
    }

    /** The least error of at most so many nodes; infinite while there is none. */
    double error(int complexity) {
        double least = Double.POSITIVE_INFINITY;
        for (int c = 1; c <= Math.min(complexity, best.length - 1); c++) {
            if (best[c] != null) {
                least = Math.min(least, best[c].squaredError());
            }
        }
        return least;
    }

    /** Members that no simpler one equals in error, simplest first. */
    List<Member> pareto() {
        List<Member> members = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (Member member : best) {
            if (member != null && member.squaredError() < least) {
                members.add(member);
                least = member.squaredError();
            }
        }
        return members;
    }
}

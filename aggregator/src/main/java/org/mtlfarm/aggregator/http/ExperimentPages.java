package org.mtlfarm.aggregator.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.mtlfarm.aggregator.AverageQueries;
import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.schemas.Average;

/** Averages in the order of their ids, gathered page by page from all the processes that hold a share of them. */
final class ExperimentPages {
    private final AverageQueries queries;
    private final Peers peers;
    private final String address;

    ExperimentPages(AverageQueries queries, Peers peers, String address) {
        this.queries = queries;
        this.peers = peers;
        this.address = address;
    }

    /**
     * One page.
     *
     * @param after the id that the page before ended with; empty for the first page
     * @param query where the filter's parameters came from, for the others
     */
    List<Average> page(AverageFilter filter, Query query, String after, int most) {
        Map<String, Set<Integer>> shares = queries.shares();
        Map<String, Map<String, String>> questions = new HashMap<>();
        shares.keySet().stream()
                .filter(holder -> !holder.equals(address))
                .forEach(holder -> questions.put(holder, question(query, after, most)));
        Map<String, Peers.Page> others = peers.pages(questions);
        List<Average> found =
                new ArrayList<>(queries.page(shares.getOrDefault(address, Set.of()), after, most, filter));
        others.forEach((holder, page) -> {
            if (!page.parts().equals(parts(shares.get(holder)))) {
                throw Problem.unavailable("the experiments are being shared out anew");
            }
            found.addAll(page.averages());
        });
        found.sort(AverageQueries.BY_ID);
        return found.size() > most ? found.subList(0, most) : found;
    }

    /** How a share is told to other processes. */
    static String parts(Set<Integer> share) {
        return String.join(",", share.stream().sorted().map(String::valueOf).toList());
    }

    private static Map<String, String> question(Query query, String after, int most) {
        Map<String, String> question = new TreeMap<>();
        AverageFilter.PARAMETERS.forEach(name -> query.text(name).ifPresent(value -> question.put(name, value)));
        if (!after.isEmpty()) {
            question.put("after", after);
        }
        question.put("limit", Integer.toString(most));
        return question;
    }
}

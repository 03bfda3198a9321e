package org.mtlfarm.page;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

import org.mtlfarm.http.EventChannel;

/**
 * A study's picture as it is now, and as a channel of its changes. A change is {@code {"put":{NAME:VALUE,...},"drop":[NAME,...]}}; the
 * whole is one that puts everything. Any thread.
 */
public final class LiveStudy {
    private Map<String, String> texts = new LinkedHashMap<>();
    private final EventChannel channel = new EventChannel(() -> text(texts, Map.of()));

    public EventChannel channel() {
        return channel;
    }

    /** Shows another picture. */
    void show(Map<String, String> next) {
        channel.change("patch", () -> {
            Optional<String> change = change(texts, next);
            texts = next;
            return change;
        });
    }

    /** What makes one picture of another; empty if they are the same. */
    static Optional<String> change(Map<String, String> before, Map<String, String> next) {
        Map<String, String> put = new LinkedHashMap<>();
        next.forEach((name, text) -> {
            if (!text.equals(before.get(name))) {
                put.put(name, text);
            }
        });
        Map<String, String> drop = new LinkedHashMap<>(before);
        drop.keySet().removeAll(next.keySet());
        return put.isEmpty() && drop.isEmpty() ? Optional.empty() : Optional.of(text(put, drop));
    }

    /** The whole, with the id behind which its changes come. */
    public String whole() {
        return channel.read(
                id -> "{\"id\":\"" + id + "\"," + text(texts, Map.of()).substring(1) + "\n");
    }

    static String text(Map<String, String> put, Map<String, String> drop) {
        JsonStringEncoder names = JsonStringEncoder.getInstance();
        StringBuilder json = new StringBuilder("{\"put\":{");
        String comma = "";
        for (Map.Entry<String, String> one : put.entrySet()) {
            json.append(comma)
                    .append('"')
                    .append(names.quoteAsString(one.getKey()))
                    .append("\":");
            json.append(one.getValue());
            comma = ",";
        }
        json.append("},\"drop\":[");
        comma = "";
        for (String name : drop.keySet()) {
            json.append(comma).append('"').append(names.quoteAsString(name)).append('"');
            comma = ",";
        }
        return json.append("]}").toString();
    }
}

package org.mtlfarm.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a service's server serves beside the service's own: another part of the process has no port of its own.
 *
 * @param routes one of a path that the service has, too, takes its place
 */
public record ServedBeside(List<Route> routes, List<EventStream> streams) {
    public static final ServedBeside NOTHING = new ServedBeside(List.of(), List.of());

    public ServedBeside {
        routes = List.copyOf(routes);
        streams = List.copyOf(streams);
    }

    /** These routes and the service's own. */
    public List<Route> routesAnd(List<Route> own) {
        Set<String> taken = routes.stream().map(Route::path).collect(Collectors.toSet());
        List<Route> all = new ArrayList<>(routes);
        own.stream().filter(route -> !taken.contains(route.path())).forEach(all::add);
        return all;
    }

    /** These streams and the service's own. */
    public List<EventStream> streamsAnd(EventStream own) {
        List<EventStream> all = new ArrayList<>(streams);
        all.add(own);
        return all;
    }
}

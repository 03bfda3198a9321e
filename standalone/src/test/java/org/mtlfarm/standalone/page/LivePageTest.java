package org.mtlfarm.standalone.page;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.faults.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real Chromium, on a real farm with a scripted training. Pictures go to {@code target/pictures}, or where {@code
 * -Dpage.pictures} says.
 */
@Tag("browser")
@ExtendWith(TestBroker.class)
class LivePageTest {
    /** More than a page bears of silence; a minute with {@code -Dpage.cut=60}. */
    private static final long CUT_SECONDS = Long.getLong("page.cut", 20);

    private static final Path PICTURES = Path.of(System.getProperty("page.pictures", "target/pictures"));
    private static final int MOST_BYTES = 300 * 1024;

    private static final String FINISHED =
            "document.querySelector('#law-state')?.innerText.startsWith('final') && document.title.startsWith('done') && document.querySelectorAll('#law option').length === 4 && document.getElementById('law-facts').ariaBusy === 'false' && document.querySelector('#history-chart canvas')";

    @TempDir
    private Path folder;

    @Test
    void aStudyIsWatchedFromNothingToItsEndAndEveryPageShowsTheSame(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(WorkGroup.WORKERS);
        try (Browser browser = Browser.open();
                WatchedFarm farm = new WatchedFarm(kafka, folder);
                TcpProxy network = proxy(farm.port())) {
            browser.go(farm.pageUrl());
            browser.look(1280, false);
            browser.until("document.querySelector('#message').innerText.startsWith('No study')");
            assertThat((String) browser.run("return location.href")).doesNotContain("key=");
            browser.picture(PICTURES.resolve("page-empty.png"));

            String stayed = browser.tab(farm.pageUrl());
            String cut = browser.tab("http://127.0.0.1:" + networkPort + "/");
            browser.to(stayed);
            farm.submit();
            farm.allow(70);
            browser.until("document.querySelector('#law-latex .katex')");
            browser.until("/runs done(69|70) of 156/.test(document.querySelector('#figures').textContent)");
            browser.until(
                    "document.querySelectorAll('#runs li').length === 4 && [...document.querySelectorAll('#runs polyline')].every(l => l.getAttribute('points').split(' ').length > 6)");
            browser.look(1280, false);
            browser.picture(PICTURES.resolve("page-running.png"));
            browser.look(400, true);
            browser.picture(PICTURES.resolve("page-running-narrow-dark.png"));
            browser.look(1280, false);

            browser.to(cut);
            browser.until("document.querySelector('#connection').dataset.state === 'live'");
            network.cut();
            long since = System.nanoTime();
            farm.allow(WatchedFarm.RUNS);
            browser.until("document.querySelector('#connection').dataset.state === 'away'");
            browser.picture(PICTURES.resolve("page-away.png"));
            browser.to(stayed);
            browser.until(FINISHED);
            LockSupport.parkNanos(Math.max(0, Duration.ofSeconds(CUT_SECONDS).toNanos() - (System.nanoTime() - since)));
            network.heal();

            String asShown = browser.shown();
            assertThat(asShown).contains("155 of 156", "the corpus has 203,621 tokens");
            browser.to(cut);
            browser.until(FINISHED);
            assertThat(browser.shown()).as("cut off").isEqualTo(asShown);
            browser.reload();
            browser.until(FINISHED);
            assertThat(browser.shown()).as("reloaded").isEqualTo(asShown);
            String late = browser.tab(farm.url());
            browser.until(FINISHED);
            assertThat(browser.shown()).as("opened late").isEqualTo(asShown);

            browser.to(stayed);
            numbersAreThoseOfTheFiles(browser, farm);
            browser.run("document.getElementById('table').open = false");
            for (boolean dark : List.of(false, true)) {
                for (int width : List.of(1280, 400)) {
                    browser.look(width, dark);
                    browser.until("document.documentElement.scrollWidth <= innerWidth");
                    browser.picture(PICTURES.resolve(
                            "page-done" + (width < 600 ? "-narrow" : "") + (dark ? "-dark" : "") + ".png"));
                    assertThat(browser.troubles())
                            .as("axe, %d wide, dark %s", width, dark)
                            .isEmpty();
                }
            }
            keyboardMovesOverTheMap(browser);

            loadsLittleAndFromNowhereElse(farm);
            for (String tab : List.of(stayed, late)) {
                browser.to(tab);
                assertThat(browser.errors()).noneMatch(error -> error.contains("Security Policy"));
            }
        }
    }

    @Test
    void whoHasTheKeyPausesAndResumesAStudyAndWhoHasNoneIsAskedForIt(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(WorkGroup.WORKERS);
        try (Browser browser = Browser.open();
                WatchedFarm farm = new WatchedFarm(kafka, folder)) {
            farm.submit();
            browser.go(farm.url());
            browser.look(1280, false);
            browser.until("document.querySelectorAll('#runs li').length === 4");
            browser.click("#pause");
            browser.until("document.querySelector('#ask').open");
            browser.picture(PICTURES.resolve("page-key.png"));
            browser.type("#ask-key", "not the key at all");
            browser.click("#ask-yes");
            browser.until("document.querySelector('#ask').open && document.querySelector('#ask-key').value === ''");
            String key = farm.pageUrl().substring(farm.pageUrl().indexOf("key=") + 4);
            browser.type("#ask-key", key);
            browser.click("#ask-yes");
            browser.until("document.querySelector('#message').innerText.includes('52 experiments paused')");
            farm.allow(4);
            browser.until(
                    "/runs done4 of 156.*in training0.*waiting, paused152/.test(document.querySelector('#figures').textContent)");
            browser.picture(PICTURES.resolve("page-paused.png"));

            browser.click("#pause");
            browser.until("document.querySelector('#message').innerText.includes('52 experiments resumed')");
            browser.until("document.querySelectorAll('#runs li').length === 4");
            browser.click("#cancel");
            browser.until("document.querySelector('#ask').open");
            browser.click("#ask-yes");
            browser.until("document.querySelector('#message').innerText.includes('52 experiments taken off the plan')");
            browser.until("document.querySelector('#figures').textContent.includes('cancelled')");
        }
    }

    private int networkPort;

    private TcpProxy proxy(int port) throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            networkPort = free.getLocalPort();
        }
        return new TcpProxy(networkPort, port);
    }

    private static void numbersAreThoseOfTheFiles(Browser browser, WatchedFarm farm) throws Exception {
        String csv = get(farm.url() + "live/averages.csv?study=relatedness");
        List<String> header = List.of(csv.lines().findFirst().orElseThrow().split(","));
        Map<?, ?> means = (Map<?, ?>) browser.run("""
                const all = {};
                for (const row of document.querySelectorAll('#table tbody tr')) {
                  all[row.cells[0].title] = row.cells[8].title;
                }
                return all;
                """);
        assertThat(means).hasSize(WatchedFarm.EXPERIMENTS);
        csv.lines()
                .skip(1)
                .map(line -> line.split(","))
                .forEach(fields -> assertThat(
                                Double.parseDouble((String) means.get(fields[header.indexOf("experiment")])))
                        .isEqualTo(Double.parseDouble(fields[header.indexOf("f1_mean")])));
        JsonNode formulas = new ObjectMapper().readTree(get(farm.url() + "live/formulas.json?study=relatedness"));
        for (JsonNode formula : formulas) {
            if (formula.get("features").size() == 3) {
                assertThat(browser.text("#front tr.on"))
                        .contains(formula.get("expression").asText());
                assertThat(browser.run("return document.querySelector('#front tr.on td:nth-child(4)').title"))
                        .isEqualTo(browser.run("return String(" + formula.get("trainMse") + ")"));
            }
        }
    }

    private static void keyboardMovesOverTheMap(Browser browser) {
        browser.look(1280, false);
        browser.run("document.querySelector('#map').focus()");
        browser.type("#map", org.openqa.selenium.Keys.ARROW_RIGHT);
        String first = browser.text("#experiment");
        browser.type("#map", org.openqa.selenium.Keys.ARROW_RIGHT);
        assertThat(browser.text("#experiment")).contains("T = ").isNotEqualTo(first);
    }

    private static void loadsLittleAndFromNowhereElse(WatchedFarm farm) {
        Map<?, ?> loaded;
        try (Browser fresh = Browser.open()) {
            fresh.go(farm.url());
            fresh.until(FINISHED);
            fresh.until("document.fonts.status === 'loaded'");
            loaded = fresh.loaded();
        }
        assertThat(loaded.keySet()).allSatisfy(url -> assertThat((String) url).startsWith(farm.url()));
        long bytes = loaded.entrySet().stream()
                .filter(one -> !((String) one.getKey()).contains("/live/"))
                .mapToLong(one -> ((Number) one.getValue()).longValue())
                .sum();
        System.out.println("the page, its libraries and fonts: " + bytes + " bytes over the wire");
        assertThat(bytes).isBetween(50_000L, (long) MOST_BYTES);
    }

    private static String get(String url) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }
}

package org.mtlfarm.standalone.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import static org.assertj.core.api.Assertions.assertThat;

/** A headless Chromium of this system, with as many tabs as are opened. */
final class Browser implements AutoCloseable {
    /** It warns at every start that it does not know this Chromium's version; what is asked for here is older than that. */
    private static final java.util.logging.Logger QUIET = java.util.logging.Logger.getLogger("org.openqa.selenium");

    static {
        QUIET.setLevel(java.util.logging.Level.SEVERE);
    }

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What two pages that show the same have in common, to the letter. */
    private static final String SHOWN = """
            document.getElementById('table').open = true;
            const text = s => [...document.querySelectorAll(s)].map(e => e.innerText).join('|');
            return ['#study', '#figures', '#table tbody', '#failures tbody', '#law', '#law-state', '#front tbody', '#law-facts',
              '#law-latex annotation', '#constants-note', '#against-note', '#training-none', '#whatif-law']
              .map(s => s + ': ' + (s.endsWith('annotation') ? document.querySelector(s)?.textContent : text(s))).join('\\n');
            """;

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Skips the test where the system has no Chromium or no driver for it. */
    static Browser open() {
        Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
        Optional<Path> chromedriver = onPath("chromedriver");
        Assumptions.assumeTrue(
                chromium.isPresent() && chromedriver.isPresent(),
                "left out: no chromium and chromedriver on the PATH (Debian: chromium, chromium-driver)");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments(
                "--headless=new",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-dev-shm-usage",
                "--window-size=1280,900");
        if (System.getProperty("user.name").equals("root")) {
            options.addArguments("--no-sandbox");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        return new Browser(new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(chromedriver.get().toFile())
                        .usingAnyFreePort()
                        .build(),
                options));
    }

    private static Optional<Path> onPath(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens an address in another tab and stays there; returns the tab's name. */
    String tab(String url) {
        driver.switchTo().newWindow(WindowType.TAB);
        String name = driver.getWindowHandle();
        driver.get(url);
        return name;
    }

    void to(String tab) {
        driver.switchTo().window(tab);
    }

    void go(String url) {
        driver.get(url);
    }

    void reload() {
        driver.navigate().refresh();
    }

    Object run(String script) {
        return driver.executeScript(script);
    }

    String text(String selector) {
        return String.valueOf(run("return document.querySelector('" + selector + "')?.innerText"));
    }

    void click(String selector) {
        driver.findElement(By.cssSelector(selector)).click();
    }

    void type(String selector, CharSequence... keys) {
        driver.findElement(By.cssSelector(selector)).sendKeys(keys);
    }

    /** Waits until a script's expression is true. */
    void until(String condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Boolean.TRUE.equals(run("return Boolean(" + condition + ")"))) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(condition + " is not so; the page shows: " + text("body"));
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** Of the tab: everything in it that comes from the farm. */
    String shown() {
        return (String) run(SHOWN);
    }

    void look(int width, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
        // What is drawn anew is there two frames later.
        driver.executeAsyncScript(
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300)));");
    }

    /** The whole page as a picture. */
    void picture(Path file) {
        Object height = run("return document.documentElement.scrollHeight");
        Object width = run("return innerWidth");
        Map<String, Object> answer = driver.executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode((String) answer.get("data")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What axe-core finds serious or critical. */
    List<String> troubles() {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Object found = driver.executeAsyncScript("""
                const done = arguments[0];
                axe.run(document).then(r => done(r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
                  .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join('; '))));
                """);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /** Errors in the console: of scripts, of the content security policy, of what could not be loaded. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** What the tab has loaded, in bytes as they came over the wire, by address. */
    Map<?, ?> loaded() {
        Object loaded = run("""
                const all = {};
                for (const e of [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]) {
                  all[e.name] = e.transferSize;
                }
                return all;
                """);
        assertThat(loaded).isInstanceOf(Map.class);
        return (Map<?, ?>) loaded;
    }

    @Override
    public void close() {
        driver.quit();
    }
}

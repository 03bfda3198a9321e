package org.mtlfarm.standalone.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

import static org.assertj.core.api.Assertions.assertThat;

/** What every report must hold, whatever study it is of. */
public final class WholeReport {
    private WholeReport() {}

    /** Looks through a report's folder; returns its page. */
    public static Document check(Path folder) throws Exception {
        Document page = Jsoup.parse(folder.resolve("report.html").toFile(), "UTF-8");
        List<String> ids = page.select("[id]").eachAttr("id");
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(page.select("a"))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ids)
                        .as(link.outerHtml())
                        .contains(link.attr("href").substring(1)));
        assertThat(page.select("img, script, link, iframe")).isEmpty();
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.select("table")).allSatisfy(table -> {
            assertThat(table.select("> caption").text()).isNotBlank();
            assertThat(table.select("> thead th[scope=col]")).isNotEmpty();
            assertThat(table.parent().hasClass("wide")).isTrue();
        });
        for (Element row : page.select("table").select("tbody > tr:not(.run)")) {
            Element table = row.closest("table");
            assertThat(row.childrenSize()).isEqualTo(table.select("thead th").size());
        }
        int level = 0;
        for (Element heading : page.select("h1, h2, h3, h4")) {
            int next = heading.tagName().charAt(1) - '0';
            assertThat(next).as(heading.text()).isLessThanOrEqualTo(level + 1);
            level = next;
        }
        for (Element figure : page.select("figure")) {
            assertThat(figure.select("svg").attr("aria-label")).isNotBlank();
            assertThat(figure.select("figcaption").text()).isNotBlank();
            String name = figure.id().substring("plot-".length());
            Path svg = folder.resolve("plots").resolve(name + ".svg");
            assertThat(DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(svg.toFile())
                            .getElementsByTagName("path")
                            .getLength())
                    .isNotNegative();
            assertThat(Files.readString(svg)).doesNotContain("var(--");
            BufferedImage image =
                    ImageIO.read(folder.resolve("plots").resolve(name + ".png").toFile());
            assertThat(image.getWidth()).isGreaterThanOrEqualTo(900);
            assertThat(dark(image)).as("ink on " + name).isGreaterThan(500);
        }
        try (Stream<Path> tables = Files.list(folder.resolve("tables"))) {
            for (Path table : tables.toList()) {
                latex(table);
            }
        }
        return page;
    }

    private static long dark(BufferedImage image) {
        long dark = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                dark += (image.getRGB(x, y) >> 8 & 0xff) < 128 ? 1 : 0;
            }
        }
        return dark;
    }

    /**
     * Braces closed in each row and at the end, mathematics on each line, as many cells in each row as columns, nothing that LaTeX
     * cannot read.
     */
    private static void latex(Path file) throws IOException {
        String columns = null;
        long open = 0;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("%")) {
                continue;
            }
            String plain = line.replaceAll("\\\\[%&$#_{}]", "");
            long opened = plain.chars().filter(c -> c == '{').count()
                    - plain.chars().filter(c -> c == '}').count();
            open += opened;
            assertThat(plain.chars().filter(c -> c == '$').count() % 2).as(line).isZero();
            assertThat(plain.chars().allMatch(c -> c < 128 || c == '·'))
                    .as(line)
                    .isTrue();
            assertThat(plain).doesNotContain("#", "~");
            if (line.startsWith("\\begin{tabular}") || line.startsWith("\\begin{longtable}")) {
                columns = line.substring(line.indexOf("}{") + 2, line.length() - 1)
                        .replaceAll("p\\{[^}]*\\}", "p");
            } else if (line.endsWith("\\\\")) {
                assertThat(opened).as(line).isZero();
                assertThat(plain.chars().filter(c -> c == '&').count()).as(line).isEqualTo(columns.length() - 1);
            }
        }
        assertThat(open).as(file.toString()).isZero();
    }
}

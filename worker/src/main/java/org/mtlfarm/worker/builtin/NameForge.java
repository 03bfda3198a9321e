package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.mtlfarm.worker.random.SplitMix64;

/** Invents names from syllables. Each region has its own sounds, and its own endings for each kind of name, some of them shared. */
final class NameForge {
    /**
     * The sounds of one region.
     *
     * @param openings consonants that begin a syllable
     * @param vowels of a syllable
     * @param closings consonants that may close one
     * @param givenEnds endings of given names; likewise for surnames, cities and countries
     * @param peopleEnd what turns a place into its people
     */
    record Region(
            List<String> openings,
            List<String> vowels,
            List<String> closings,
            List<String> givenEnds,
            List<String> surnameEnds,
            List<String> cityEnds,
            List<String> countryEnds,
            String peopleEnd) {}

    static final List<Region> REGIONS = List.of(
            region(
                    "b br d dr f g k m st t th",
                    "a e o ei",
                    "l n r rn ld",
                    "an el ric a",
                    "strand oke garth en",
                    "mouvre ham oke den",
                    "land mark",
                    "ish"),
            region(
                    "l m n v s z p t r",
                    "a i o u",
                    "l n s",
                    "ino ella ette aro",
                    "ozzi ando etti aro",
                    "ona essa ella",
                    "onia aria",
                    "ese"),
            region(
                    "k sh t h m n y r s",
                    "a i u o",
                    "n",
                    "ko ri to mi",
                    "naka hiro tomi ri",
                    "shiko raki tomi",
                    "uzan oku",
                    "ese"),
            region(
                    "v d gr kr p s z b m l",
                    "o a e i",
                    "v k r sk",
                    "imir ana isl eta",
                    "ovsk enkov adze isl",
                    "ograv insk ovna",
                    "ovia enia",
                    "ian"),
            region(
                    "h q j r s z kh b f",
                    "a i u aa",
                    "r d z m",
                    "im ira ud ala",
                    "adi ouri amid ala",
                    "abad iyar amar",
                    "istal ahara",
                    "i"),
            region(
                    "ch x t l m n j w",
                    "a o u ie ai",
                    "ng n",
                    "wei lin mai jun",
                    "xiang dao quan lin",
                    "zhou jing dao",
                    "guan nam",
                    "ese"),
            region(
                    "p t k m l h n w",
                    "a e i u o",
                    "",
                    "oa ani eki alu",
                    "anui oloa ekau alu",
                    "atea ilua okai",
                    "oahi aloa",
                    "an"),
            region(
                    "g gw tr c m ll d rh",
                    "y e o ae",
                    "n dd th r",
                    "wyn eth or ys",
                    "ddon aneth owel or",
                    "pwyth enydd owel",
                    "gwent ormor",
                    "ic"),
            region(
                    "n z m b k d t s",
                    "a u o e",
                    "m n",
                    "emba olu isa ade",
                    "uwame ongo akande ade",
                    "undu ambe ongo",
                    "wana anga",
                    "an"),
            region(
                    "s h j k v r l p",
                    "aa e i y u oo",
                    "l n k s",
                    "ikki elma oni ava",
                    "inen ala oskel elma",
                    "uori ala anki",
                    "maal uomi",
                    "ish"),
            region(
                    "r s v p d k m n bh",
                    "a i e u",
                    "n r t sh",
                    "esh ita aj anti",
                    "apta agar endra aj",
                    "apur agar avati",
                    "desha akhand",
                    "ani"),
            region(
                    "qu t x c il p y m",
                    "a i u e",
                    "c l tz",
                    "oc ana ix ulli",
                    "ochtli atzin umac ulli",
                    "anco achi umac",
                    "ayal uacal",
                    "an"));

    /** Shorter names would too often be names or words that exist. */
    private static final int SHORTEST = 6;

    /** What the syllables could also make, and what exists. */
    private static final List<String> EXISTING =
            Vocabulary.words("sonora zamora andora pandora aurora angora menora mandala avesta estonia ukraine");

    private final SplitMix64 random;
    private final Set<String> taken = new HashSet<>();

    NameForge(SplitMix64 random) {
        this.random = random;
        EXISTING.forEach(this::reserve);
    }

    /** Keeps a word from being invented. */
    void reserve(String word) {
        taken.add(word.toLowerCase(Locale.ROOT));
    }

    /** New names of one kind, no two alike in any kind. */
    List<String> names(Region region, List<String> endings, int count) {
        List<String> names = new ArrayList<>();
        // Syllables grow when the short names run out.
        for (int tries = 0; names.size() < count; tries++) {
            int syllables = 1 + (random.nextDouble() < 0.3 || tries > 4 * count ? 1 : 0);
            StringBuilder name = new StringBuilder();
            for (int syllable = 0; syllable < syllables; syllable++) {
                name.append(one(region.openings)).append(one(region.vowels));
                if (!region.closings.isEmpty() && random.nextDouble() < 0.6) {
                    name.append(one(region.closings));
                }
            }
            name.append(joined(name, one(endings)));
            if (name.length() >= SHORTEST && taken.add(name.toString())) {
                names.add(Sentence.capitalised(name.toString()));
            }
        }
        return names;
    }

    /** Three or four capitals. */
    List<String> acronyms(int count) {
        List<String> acronyms = new ArrayList<>();
        while (acronyms.size() < count) {
            int letters = 3 + (random.nextDouble() < 0.3 ? 1 : 0);
            StringBuilder acronym = new StringBuilder();
            for (int letter = 0; letter < letters; letter++) {
                acronym.append("ABCDEFGIKLMNOPRSTUVZ".charAt(random.below(20)));
            }
            if (taken.add(acronym.toString().toLowerCase(Locale.ROOT))) {
                acronyms.add(acronym.toString());
            }
        }
        return acronyms;
    }

    /** What the people of each place are called, and what belongs to them. */
    List<String> peoples(Region region, List<String> places) {
        List<String> peoples = new ArrayList<>();
        for (String place : places) {
            String stem = place.replaceAll("[aeiouy]+$", "");
            String people = stem + region.peopleEnd;
            if (taken.add(people.toLowerCase(Locale.ROOT))) {
                peoples.add(people);
            }
        }
        return peoples;
    }

    private String one(List<String> options) {
        return options.get(random.below(options.size()));
    }

    /** The ending without a vowel that the name already ends with. */
    private static String joined(CharSequence name, String ending) {
        boolean doubled = name.charAt(name.length() - 1) == ending.charAt(0);
        return doubled ? ending.substring(1) : ending;
    }

    private static Region region(
            String openings,
            String vowels,
            String closings,
            String givenEnds,
            String surnameEnds,
            String cityEnds,
            String countryEnds,
            String peopleEnd) {
        return new Region(
                Vocabulary.words(openings),
                Vocabulary.words(vowels),
                closings.isEmpty() ? List.of() : Vocabulary.words(closings),
                Vocabulary.words(givenEnds),
                Vocabulary.words(surnameEnds),
                Vocabulary.words(cityEnds),
                Vocabulary.words(countryEnds),
                peopleEnd);
    }
}

package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.mtlfarm.worker.builtin.NameForge.Region;
import org.mtlfarm.worker.random.SplitMix64;

import static org.mtlfarm.worker.builtin.Phrase.choice;
import static org.mtlfarm.worker.builtin.Phrase.sequence;

/** The invented world: its regions, each with people and places of its own, the first ones written about most. */
final class World {
    private static final int GIVEN_NAMES = 60;
    private static final int SURNAMES = 160;
    private static final int CITIES = 90;
    private static final int COUNTRIES = 8;
    private static final int CITIES_WITH_PEOPLE = 30;
    private static final int SURNAMES_FROM_THINGS = 10;
    private static final int SURNAMES_FROM_CITIES = 8;
    private static final int FOUNDERS = 60;

    private final Lexicon lexicon;
    private final NameForge forge;
    private final SplitMix64 loans;
    private final Set<String> founders = new LinkedHashSet<>();
    private final List<Phrase> cityNames = new ArrayList<>();
    private final List<Phrase> countryNames = new ArrayList<>();

    final Phrase person;
    final Phrase surname;
    final Phrase place;
    final Phrase city;
    final Phrase country;
    final Phrase people;

    World(long seed, Lexicon lexicon, CommonPhrases common) {
        this.lexicon = lexicon;
        forge = new NameForge(SplitMix64.named(seed, "names"));
        loans = SplitMix64.named(seed, "loans");
        Vocabulary.all().forEach(forge::reserve);
        Phrase.Choices persons = choice();
        Phrase.Choices surnames = choice();
        Phrase.Choices places = choice();
        Phrase.Choices cities = choice();
        Phrase.Choices countries = choice();
        Phrase.Choices peoples = choice();
        for (int number = 0; number < NameForge.REGIONS.size(); number++) {
            Region region = NameForge.REGIONS.get(number);
            String regionName = "region " + number;
            List<String> given = forge.names(region, region.givenEnds(), GIVEN_NAMES);
            List<String> homes = forge.names(region, region.cityEnds(), CITIES);
            List<String> lands = forge.names(region, region.countryEnds(), COUNTRIES);
            List<String> families = forge.names(region, region.surnameEnds(), SURNAMES);
            families = withLoans(families, Vocabulary.domainThings(), SURNAMES_FROM_THINGS);
            families = withLoans(families, homes, SURNAMES_FROM_CITIES);
            List<String> inhabitants = new ArrayList<>(forge.peoples(region, lands));
            inhabitants.addAll(forge.peoples(region, homes.subList(0, CITIES_WITH_PEOPLE)));
            founders.addAll(families.subList(0, FOUNDERS));

            Phrase givenName = lexicon.names(given, "PER", regionName, "given " + number);
            Phrase familyName = lexicon.names(families, "PER", regionName, "family " + number);
            Phrase cityName = lexicon.names(homes, "LOC", regionName, "city " + number);
            Phrase countryName = lexicon.names(lands, "LOC", regionName, "country " + number);
            Phrase inhabitant = lexicon.names(inhabitants, "MISC", regionName, "people " + number);
            cityNames.add(cityName);
            countryNames.add(countryName);

            double weight = weight(number);
            persons.with(
                    weight,
                    new Phrase.Name(
                            "PER",
                            choice().with(48, sequence(givenName, familyName))
                                    .with(32, familyName)
                                    .with(8, givenName)
                                    .with(6, sequence(common.initial, familyName))
                                    .with(6, sequence(givenName, common.initial, familyName))
                                    .build()));
            surnames.with(weight, new Phrase.Name("PER", familyName));
            places.with(
                    weight,
                    new Phrase.Name(
                            "LOC",
                            choice().with(52, cityName)
                                    .with(32, countryName)
                                    .with(5, sequence(common.landform, cityName))
                                    .with(5, sequence(common.compass, countryName))
                                    .with(6, sequence(cityName, common.placeEnd))
                                    .build()));
            cities.with(weight, new Phrase.Name("LOC", cityName));
            countries.with(weight, new Phrase.Name("LOC", countryName));
            peoples.with(weight, new Phrase.Name("MISC", inhabitant));
        }
        person = persons.build();
        surname = surnames.build();
        place = places.build();
        city = cities.build();
        country = countries.build();
        people = peoples.build();
    }

    int regions() {
        return NameForge.REGIONS.size();
    }

    /** How much is written about a region. */
    double weight(int region) {
        return 1 / (region + 2.0);
    }

    /** A city's name, whatever it names. */
    Phrase cityName(int region) {
        return cityNames.get(region);
    }

    /** A country's name, whatever it names. */
    Phrase countryName(int region) {
        return countryNames.get(region);
    }

    /**
     * A word that names things of one type in one domain. Some of the words are surnames or common nouns too.
     *
     * @param sounds regions whose syllables the words are made of, as many of each
     * @param endings of the words, for each of those regions
     */
    Phrase coined(
            String type,
            String family,
            String domain,
            int[] sounds,
            List<List<String>> endings,
            int each,
            int fromFounders,
            int fromThings) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < sounds.length; i++) {
            Region region = NameForge.REGIONS.get(sounds[i] % NameForge.REGIONS.size());
            words.addAll(forge.names(region, endings.get(i), each));
        }
        words = withLoans(words, List.copyOf(founders), fromFounders);
        words = withLoans(words, Vocabulary.domainThings(), fromThings);
        return lexicon.names(words, type, family + " trade " + domain, family + " " + domain);
    }

    Phrase acronym(String domain, int count) {
        return lexicon.names(forge.acronyms(count), "ORG", "acronym", "acronym " + domain);
    }

    /** Some words of another kind become names of this kind too, at random ranks. */
    private List<String> withLoans(List<String> own, List<String> others, int count) {
        List<String> names = new ArrayList<>(own);
        List<String> pool = new ArrayList<>(others);
        for (int loan = 0; loan < count; loan++) {
            String word = Sentence.capitalised(pool.remove(loans.below(pool.size())));
            if (!names.contains(word)) {
                names.add(loans.below(names.size()), word);
            }
        }
        return names;
    }
}

package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.mtlfarm.worker.builtin.NameForge.Region;
import org.mtlfarm.worker.builtin.Vocabulary.Domain;
import org.mtlfarm.worker.builtin.Vocabulary.Verbs;

import static org.mtlfarm.worker.builtin.Phrase.choice;
import static org.mtlfarm.worker.builtin.Phrase.maybe;
import static org.mtlfarm.worker.builtin.Phrase.sequence;

/**
 * The built-in language: its names, what its words have in common, and its grammar. There is one, whatever the seed of a
 * text; everything that anyone measured on it depends on its staying as it is.
 */
final class Language {
    /** Raised whenever any text or vector changes; part of the corpus's content hash through the text itself. */
    static final int EDITION = 1;

    private static final long SEED = 20200610;

    private static final int GIVEN = 60;
    private static final int SURNAMES = 160;
    private static final int CITIES = 90;
    private static final int COUNTRIES = 8;
    private static final int STEMS = 110;
    private static final int ACRONYMS = 40;

    /** What a name list is drawn from by rank: a long tail, so that many names of a test text are new. */
    private static final double NAME_EXPONENT = Double.parseDouble(System.getProperty("bt.EXP", "0.85"));

    private static final Language INSTANCE = new Language();

    private final Map<String, List<List<Trait>>> senses = new TreeMap<>();
    private final Map<String, Double> rarity = new TreeMap<>();
    private final NameForge forge = new NameForge(SplitMix64.named(SEED, "names"));
    private final SplitMix64 loans = SplitMix64.named(SEED, "loans");
    private final List<List<String>> surnames = new ArrayList<>();
    private final List<List<String>> cities = new ArrayList<>();
    private final Phrase sentence;

    private Phrase person;
    private Phrase surname;
    private Phrase place;
    private Phrase city;
    private Phrase country;
    private Phrase people;
    private final List<Phrase> countryWords = new ArrayList<>();
    private final List<Phrase> cityWords = new ArrayList<>();

    private final Phrase comma = word("punctuation", ",");
    private final Phrase stop = word("punctuation", ".");
    private final Phrase determiner = list(Vocabulary.DETERMINERS, 1.2, 0.2, trait(Trait.Kind.WORD_CLASS, "function"));
    private final Phrase numeral = list(Vocabulary.NUMBERS, 0.8, 2, trait(Trait.Kind.WORD_CLASS, "number"));
    private final Phrase adjective = list(Vocabulary.ADJECTIVES, 0.9, 2, trait(Trait.Kind.WORD_CLASS, "adjective"));
    private final Phrase adverb = list(Vocabulary.ADVERBS, 0.9, 2, trait(Trait.Kind.WORD_CLASS, "adverb"));
    private final Phrase initial = list(Vocabulary.INITIALS, 0.6, 2, trait(Trait.Kind.WORD_CLASS, "initial"));

    private Language() {
        reserveCommonWords();
        makePeopleAndPlaces();
        Phrase.Choices any = choice();
        for (int domain = 0; domain < Vocabulary.DOMAINS.size(); domain++) {
            any.with(Vocabulary.DOMAINS.get(domain).weight(), new About(domain).sentence());
        }
        sentence = any.build();
    }

    static Language get() {
        return INSTANCE;
    }

    Phrase sentence() {
        return sentence;
    }

    /** What a word, in lower case, may be; empty for a word that is not of the language. */
    List<List<Trait>> senses(String lowerCase) {
        return senses.getOrDefault(lowerCase, List.of());
    }

    /** How far down its list a word stands, 0 the most frequent, 1 the rarest; 0 for common words. */
    double rarity(String lowerCase) {
        return rarity.getOrDefault(lowerCase, 0.0);
    }

    private void reserveCommonWords() {
        for (Domain domain : Vocabulary.DOMAINS) {
            domain.things().forEach(forge::reserve);
            domain.roles().forEach(forge::reserve);
            domain.groups().forEach(forge::reserve);
        }
        Vocabulary.VERBS.forEach(verbs -> verbs.words().forEach(forge::reserve));
        List.of(
                        Vocabulary.ADJECTIVES,
                        Vocabulary.ADVERBS,
                        Vocabulary.THINGS,
                        Vocabulary.DETERMINERS,
                        Vocabulary.PLACE_PREPOSITIONS,
                        Vocabulary.COMMON_PREPOSITIONS,
                        Vocabulary.CONJUNCTIONS)
                .forEach(words -> words.forEach(forge::reserve));
    }

    private void makePeopleAndPlaces() {
        Phrase.Choices persons = choice();
        Phrase.Choices surnamesAlone = choice();
        Phrase.Choices places = choice();
        Phrase.Choices citiesAlone = choice();
        Phrase.Choices countriesAlone = choice();
        Phrase.Choices peoplesAlone = choice();
        for (int number = 0; number < NameForge.REGIONS.size(); number++) {
            Region region = NameForge.REGIONS.get(number);
            double weight = StrictMath.pow(number + 2.0, -Double.parseDouble(System.getProperty("bt.REG", "1")));
            List<String> given = forge.names(region, region.givenEnds(), GIVEN);
            List<String> homes = forge.names(region, region.cityEnds(), CITIES);
            List<String> lands = forge.names(region, region.countryEnds(), COUNTRIES);
            List<String> families = withLoans(
                    withLoans(forge.names(region, region.surnameEnds(), SURNAMES), commonThings(), 10), homes, 8);
            List<String> peoples = new ArrayList<>(forge.peoples(region, lands));
            peoples.addAll(forge.peoples(region, homes.subList(0, 30)));
            surnames.add(families);
            cities.add(homes);

            Phrase givenWord = names(given, "PER", "region " + number, "given " + number);
            Phrase familyWord = names(families, "PER", "region " + number, "family " + number);
            Phrase cityWord = names(homes, "LOC", "region " + number, "city " + number);
            Phrase landWord = names(lands, "LOC", "region " + number, "country " + number);
            Phrase peopleWord = names(peoples, "MISC", "region " + number, "people " + number);
            cityWords.add(cityWord);
            countryWords.add(landWord);

            persons.with(
                    weight,
                    name(
                            "PER",
                            choice().with(48, sequence(givenWord, familyWord))
                                    .with(32, familyWord)
                                    .with(8, givenWord)
                                    .with(6, sequence(initial, familyWord))
                                    .with(6, sequence(givenWord, initial, familyWord))
                                    .build()));
            surnamesAlone.with(weight, name("PER", familyWord));
            places.with(
                    weight,
                    name(
                            "LOC",
                            choice().with(52, cityWord)
                                    .with(32, landWord)
                                    .with(5, sequence(capitalised(Vocabulary.LANDFORMS, "landform"), cityWord))
                                    .with(5, sequence(capitalised(Vocabulary.COMPASS, "compass"), landWord))
                                    .with(6, sequence(cityWord, capitalised(Vocabulary.PLACE_ENDS, "landform")))
                                    .build()));
            citiesAlone.with(weight, name("LOC", cityWord));
            countriesAlone.with(weight, name("LOC", landWord));
            peoplesAlone.with(weight, name("MISC", peopleWord));
        }
        person = persons.build();
        surname = surnamesAlone.build();
        place = places.build();
        city = citiesAlone.build();
        country = countriesAlone.build();
        people = peoplesAlone.build();
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

    private static List<String> commonThings() {
        List<String> things = new ArrayList<>();
        Vocabulary.DOMAINS.forEach(domain -> things.addAll(domain.things()));
        return things;
    }

    private Phrase names(List<String> words, String type, String region, String family) {
        for (int rank = 0; rank < words.size(); rank++) {
            rarity.put(words.get(rank).toLowerCase(Locale.ROOT), (rank + 0.5) / words.size());
        }
        return list(
                words,
                NAME_EXPONENT,
                2,
                trait(Trait.Kind.WORD_CLASS, "name"),
                trait(Trait.Kind.TYPE, type),
                trait(Trait.Kind.REGION, region),
                trait(Trait.Kind.FAMILY, type + " " + family));
    }

    private Phrase capitalised(List<String> words, String role) {
        return list(words, 0.7, 1, trait(Trait.Kind.WORD_CLASS, "noun"), trait(Trait.Kind.ROLE, role));
    }

    private Phrase word(String wordClass, String... words) {
        return list(List.of(words), 1, 0, trait(Trait.Kind.WORD_CLASS, wordClass));
    }

    private Phrase function(String word) {
        return word("function", word);
    }

    private Phrase list(List<String> words, double exponent, double offset, Trait... traits) {
        List<Trait> sense = List.of(traits);
        for (String word : words) {
            List<List<Trait>> known = senses.computeIfAbsent(word.toLowerCase(Locale.ROOT), w -> new ArrayList<>());
            if (!known.contains(sense)) {
                known.add(sense);
            }
        }
        return new Phrase.Word(WordList.of(words, exponent, offset));
    }

    private static Trait trait(Trait.Kind kind, String value) {
        return new Trait(kind, value);
    }

    private static Phrase name(String type, Phrase body) {
        return new Phrase.Name(type, body);
    }

    private static List<String> capitalisedAll(List<String> words) {
        return words.stream().map(Sentence::capitalised).toList();
    }

    /** The sentences about one domain. */
    private final class About {
        private static final double COMMON_EXPONENT = 0.9;

        private final int number;
        private final Domain domain;
        private final Phrase thing;
        private final Phrase role;
        private final Phrase group;
        private final Phrase organisation;
        private final Phrase work;
        private final Phrase common;

        About(int number) {
            this.number = number;
            this.domain = Vocabulary.DOMAINS.get(number);
            Phrase general = list(Vocabulary.THINGS, COMMON_EXPONENT, 2, trait(Trait.Kind.WORD_CLASS, "noun"));
            Phrase own = list(
                    domain.things(),
                    COMMON_EXPONENT,
                    2,
                    trait(Trait.Kind.WORD_CLASS, "noun"),
                    trait(Trait.Kind.DOMAIN, domain.name()));
            thing = choice().with(65, own).with(35, general).build();
            role = list(
                    domain.roles(),
                    COMMON_EXPONENT,
                    1,
                    trait(Trait.Kind.WORD_CLASS, "noun"),
                    trait(Trait.Kind.ROLE, "role"),
                    trait(Trait.Kind.DOMAIN, domain.name()));
            group = list(
                    domain.groups(),
                    COMMON_EXPONENT,
                    1,
                    trait(Trait.Kind.WORD_CLASS, "noun"),
                    trait(Trait.Kind.ROLE, "group"),
                    trait(Trait.Kind.DOMAIN, domain.name()));
            organisation = organisation();
            work = work();
            common = common();
        }

        /** Companies, clubs, parties: some take a city's or a person's name. */
        private Phrase organisation() {
            List<String> pool = new ArrayList<>();
            surnames.forEach(families -> pool.addAll(families.subList(0, 60)));
            List<String> founders = new ArrayList<>(new java.util.LinkedHashSet<>(pool));
            Region sounds = NameForge.REGIONS.get((3 * number + 1) % NameForge.REGIONS.size());
            Region moreSounds = NameForge.REGIONS.get((3 * number + 5) % NameForge.REGIONS.size());
            List<String> stems = forge.names(sounds, Vocabulary.words("ex tec ora inta evo"), STEMS / 2);
            stems.addAll(forge.names(moreSounds, Vocabulary.words("ex ium ora aco est"), STEMS / 2));
            stems = withLoans(withLoans(stems, founders, 14), commonThings(), 8);
            Phrase stem = names(stems, "ORG", "industry " + domain.name(), "stem " + domain.name());
            Phrase acronym = names(forge.acronyms(ACRONYMS), "ORG", "acronym", "acronym " + domain.name());
            Phrase end = list(
                    Vocabulary.BODY_ENDS.get(number),
                    0.8,
                    1,
                    trait(Trait.Kind.WORD_CLASS, "noun"),
                    trait(Trait.Kind.ROLE, "group"),
                    trait(Trait.Kind.DOMAIN, domain.name()));
            Phrase and = function("&");
            Phrase of = function("of");
            boolean clubs = domain.name().equals("sport");
            Phrase.Choices any = choice();
            for (int region = 0; region < cityWords.size(); region++) {
                double weight = StrictMath.pow(region + 2.0, -Double.parseDouble(System.getProperty("bt.REG", "1")));
                Phrase home = cityWords.get(region);
                any.with(weight * (clubs ? 32 : 3), home)
                        .with(weight * (clubs ? 16 : 9), sequence(home, end))
                        .with(
                                weight * 4,
                                sequence(
                                        end,
                                        of,
                                        choice().with(1, home)
                                                .with(1, countryWords.get(region))
                                                .build()));
            }
            double rest = 2.1;
            any.with(rest * 26, stem)
                    .with(rest * 26, sequence(stem, end))
                    .with(rest * 3, sequence(stem, and, stem))
                    .with(rest * 2, sequence(stem, stem, end))
                    .with(rest * 14, acronym);
            return name("ORG", any.build());
        }

        /** Events, laws, products, works. */
        private Phrase work() {
            Region sounds = NameForge.REGIONS.get((5 * number + 2) % NameForge.REGIONS.size());
            List<String> stems =
                    withLoans(forge.names(sounds, Vocabulary.words("ia ex ane ova"), STEMS / 2), commonThings(), 8);
            Phrase stem = names(stems, "MISC", "craft " + domain.name(), "work " + domain.name());
            Phrase end = list(
                    Vocabulary.EVENT_ENDS.get(number),
                    0.8,
                    1,
                    trait(Trait.Kind.WORD_CLASS, "noun"),
                    trait(Trait.Kind.ROLE, "event"),
                    trait(Trait.Kind.DOMAIN, domain.name()));
            Phrase title =
                    list(capitalisedAll(Vocabulary.ADJECTIVES), 0.5, 4, trait(Trait.Kind.WORD_CLASS, "adjective"));
            Phrase titleNoun = list(
                    capitalisedAll(domain.things()),
                    0.5,
                    4,
                    trait(Trait.Kind.WORD_CLASS, "noun"),
                    trait(Trait.Kind.DOMAIN, domain.name()));
            return name(
                    "MISC",
                    choice().with(30, stem)
                            .with(34, sequence(stem, end))
                            .with(8, sequence(title, titleNoun))
                            .with(5, sequence(title, end))
                            .build());
        }

        private Phrase common() {
            return choice().with(34, sequence(determiner, thing))
                    .with(17, sequence(determiner, adjective, thing))
                    .with(8, sequence(adjective, thing))
                    .with(9, sequence(determiner, role))
                    .with(8, sequence(determiner, group))
                    .with(7, sequence(determiner, thing, function("of"), determiner, thing))
                    .with(6, sequence(numeral, list(Vocabulary.UNITS, 0.7, 1, trait(Trait.Kind.WORD_CLASS, "noun"))))
                    .with(
                            8,
                            sequence(
                                    determiner,
                                    people,
                                    choice().with(5, thing)
                                            .with(3, role)
                                            .with(3, group)
                                            .build()))
                    .with(3, sequence(place, function("'s"), thing))
                    .build();
        }

        private Phrase persons() {
            return choice().with(52, person)
                    .with(14, sequence(list(Vocabulary.TITLES, 0.8, 0, trait(Trait.Kind.WORD_CLASS, "title")), surname))
                    .with(18, sequence(role, person))
                    .with(6, sequence(people, role, person))
                    .with(5, sequence(person, comma, determiner, role, function("of"), organisation, comma))
                    .with(
                            5,
                            sequence(
                                    person,
                                    function("of"),
                                    choice().with(2, organisation)
                                            .with(3, country)
                                            .build()))
                    .build();
        }

        private Phrase bodies() {
            return choice().with(66, organisation)
                    .with(18, sequence(function("the"), organisation))
                    .with(9, sequence(group, organisation))
                    .with(7, sequence(people, group, organisation))
                    .build();
        }

        private Phrase places() {
            return choice().with(78, place)
                    .with(
                            8,
                            sequence(
                                    function("the"),
                                    list(
                                            Vocabulary.PLACE_NOUNS,
                                            0.8,
                                            1,
                                            trait(Trait.Kind.WORD_CLASS, "noun"),
                                            trait(Trait.Kind.ROLE, "place noun")),
                                    function("of"),
                                    place))
                    .with(
                            7,
                            sequence(
                                    list(
                                            Vocabulary.DIRECTIONS,
                                            0.8,
                                            1,
                                            trait(Trait.Kind.WORD_CLASS, "adjective"),
                                            trait(Trait.Kind.ROLE, "place noun")),
                                    place))
                    .with(7, sequence(city, comma, country))
                    .build();
        }

        private Phrase works() {
            return choice().with(45, sequence(function("the"), work))
                    .with(35, work)
                    .with(20, sequence(determiner, people))
                    .build();
        }

        private Phrase argument(double per, double org, double loc, double misc, double plain) {
            return choice().with(per, persons())
                    .with(org, bodies())
                    .with(loc, places())
                    .with(misc, works())
                    .with(plain, common)
                    .build();
        }

        private Phrase verb(Verbs verbs) {
            Phrase past = list(
                    verbs.words(),
                    COMMON_EXPONENT,
                    2,
                    trait(Trait.Kind.WORD_CLASS, "verb"),
                    trait(Trait.Kind.ROLE, "verb " + verbs.name()));
            return choice().with(86, past).with(14, sequence(adverb, past)).build();
        }

        private Phrase subject(Verbs verbs) {
            return switch (verbs.name()) {
                case "speak" -> argument(56, 20, 2, 0, 22);
                case "visit" -> argument(50, 10, 2, 8, 30);
                case "move" -> argument(40, 14, 2, 9, 35);
                case "lead" -> argument(62, 6, 2, 0, 30);
                case "beat" -> argument(30, 38, 20, 0, 12);
                case "buy" -> argument(12, 58, 4, 2, 24);
                case "make" -> argument(34, 34, 2, 2, 28);
                case "sign" -> argument(28, 24, 22, 2, 24);
                case "strike" -> argument(8, 30, 12, 18, 32);
                case "measure" -> argument(28, 26, 2, 2, 42);
                case "change" -> argument(2, 18, 6, 14, 60);
                case "accuse" -> argument(34, 26, 10, 2, 28);
                default -> throw new IllegalStateException("no subject for verbs of " + verbs.name());
            };
        }

        private Phrase object(Verbs verbs) {
            return switch (verbs.name()) {
                case "speak" -> sequence(maybe(0.6, function("that")), common, verb(Vocabulary.VERBS.get(10)));
                case "visit" -> argument(2, 10, 62, 2, 24);
                case "move" ->
                    sequence(
                            choice().with(5, function("to"))
                                    .with(3, function("from"))
                                    .with(2, function("through"))
                                    .build(),
                            argument(2, 20, 56, 2, 20));
                case "lead" -> argument(4, 52, 6, 6, 32);
                case "beat" -> argument(26, 40, 20, 2, 12);
                case "buy" -> argument(2, 42, 4, 14, 38);
                case "make" -> argument(2, 4, 2, 44, 48);
                case "sign" -> argument(2, 4, 2, 32, 60);
                case "strike" -> argument(6, 14, 44, 2, 34);
                case "measure" -> argument(4, 6, 6, 24, 60);
                case "change" -> maybe(0.5, sequence(function("by"), numeral, function("percent")));
                case "accuse" -> argument(58, 18, 2, 2, 20);
                default -> throw new IllegalStateException("no object for verbs of " + verbs.name());
            };
        }

        private Phrase time() {
            Phrase day = list(Vocabulary.DAYS, 0.3, 2, trait(Trait.Kind.WORD_CLASS, "day"));
            Phrase month = list(Vocabulary.MONTHS, 0.3, 2, trait(Trait.Kind.WORD_CLASS, "day"));
            return choice().with(34, sequence(function("on"), day))
                    .with(18, list(Vocabulary.TIMES, 0.8, 1, trait(Trait.Kind.WORD_CLASS, "adverb")))
                    .with(16, sequence(function("in"), month))
                    .with(16, sequence(function("in"), numeral))
                    .with(8, sequence(function("last"), day))
                    .with(8, sequence(function("on"), month, numeral))
                    .build();
        }

        private Phrase preposition(List<String> words, String role) {
            return list(
                    words,
                    0.9,
                    0.5,
                    trait(Trait.Kind.WORD_CLASS, "function"),
                    trait(Trait.Kind.ROLE, "preposition " + role));
        }

        private Phrase adjunct() {
            Phrase common = preposition(Vocabulary.COMMON_PREPOSITIONS, "common");
            return choice().with(24, time())
                    .with(26, sequence(preposition(Vocabulary.PLACE_PREPOSITIONS, "place"), argument(0, 10, 58, 3, 29)))
                    .with(
                            14,
                            sequence(
                                    preposition(Vocabulary.PARTNER_PREPOSITIONS, "partner"),
                                    argument(26, 34, 12, 4, 24)))
                    .with(30, sequence(common, argument(4, 8, 4, 8, 76)))
                    .build();
        }

        private Phrase adjuncts() {
            Phrase one = adjunct();
            return choice().with(20, Phrase.nothing())
                    .with(45, one)
                    .with(28, sequence(one, one))
                    .with(7, sequence(one, one, one))
                    .build();
        }

        private Phrase clause() {
            Phrase adjuncts = adjuncts();
            Phrase.Choices any = choice();
            for (Verbs verbs : Vocabulary.VERBS) {
                any.with(verbs.weights().get(number), sequence(subject(verbs), verb(verbs), object(verbs), adjuncts));
            }
            return any.build();
        }

        /** A result, a quotation or a list, such as newspapers print. */
        private Phrase special() {
            if (domain.name().equals("sport")) {
                return sequence(
                        choice().with(3, organisation).with(2, country).build(),
                        numeral,
                        choice().with(3, organisation).with(2, country).build(),
                        numeral);
            }
            Phrase item = argument(25, 30, 25, 10, 10);
            return sequence(
                    list(domain.things(), 0.9, 2, trait(Trait.Kind.WORD_CLASS, "noun")),
                    word("punctuation", ":"),
                    item,
                    comma,
                    item,
                    function("and"),
                    item);
        }

        Phrase sentence() {
            Phrase clause = clause();
            Phrase conjunction = list(Vocabulary.CONJUNCTIONS, 0.9, 0.5, trait(Trait.Kind.WORD_CLASS, "function"));
            Phrase speaker = argument(64, 14, 0, 0, 22);
            Phrase speech = verb(Vocabulary.VERBS.get(0));
            return choice().with(52, sequence(clause, stop))
                    .with(12, sequence(adjunct(), comma, clause, stop))
                    .with(16, sequence(clause, conjunction, clause, stop))
                    .with(10, sequence(clause, comma, speaker, speech, stop))
                    .with(6, sequence(special(), stop))
                    .with(4, sequence(function("according"), function("to"), speaker, comma, clause, stop))
                    .build();
        }
    }

    Map<String, List<List<Trait>>> senses() {
        return Collections.unmodifiableMap(senses);
    }
}

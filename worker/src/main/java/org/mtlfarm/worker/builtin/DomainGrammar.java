package org.mtlfarm.worker.builtin;

import java.util.List;

import org.mtlfarm.worker.builtin.Trait.Kind;
import org.mtlfarm.worker.builtin.Vocabulary.Domain;
import org.mtlfarm.worker.builtin.Vocabulary.Verbs;

import static org.mtlfarm.worker.builtin.Phrase.choice;
import static org.mtlfarm.worker.builtin.Phrase.maybe;
import static org.mtlfarm.worker.builtin.Phrase.sequence;

/**
 * The sentences about one domain. Which kinds of name a verb or a preposition takes is a matter of shares, never certain, so
 * that context is evidence and no more. The weights are chosen so that labels come out near CoNLL-2003's shares.
 */
final class DomainGrammar {
    private static final int ORGANISATION_STEMS = 55;
    private static final int WORK_STEMS = 55;
    private static final int ACRONYMS = 40;

    private final int number;
    private final Domain domain;
    private final Lexicon lexicon;
    private final CommonPhrases common;
    private final World world;

    private final Phrase domainThing;
    private final Phrase thing;
    private final Phrase role;
    private final Phrase group;
    private final Phrase organisation;
    private final Phrase work;
    private final Phrase plain;
    private final Phrase persons;
    private final Phrase organisations;
    private final Phrase places;
    private final Phrase works;

    /** @param number the domain's place in {@link Vocabulary#DOMAINS} */
    DomainGrammar(int number, Lexicon lexicon, CommonPhrases common, World world) {
        this.number = number;
        this.domain = Vocabulary.DOMAINS.get(number);
        this.lexicon = lexicon;
        this.common = common;
        this.world = world;
        domainThing = lexicon.common(domain.things(), CommonPhrases.EXPONENT, 2, wordClass("noun"), ofDomain());
        thing = choice().with(65, domainThing).with(35, common.thing).build();
        role = noun("role", domain.roles(), CommonPhrases.EXPONENT);
        group = noun("group", domain.groups(), CommonPhrases.EXPONENT);
        organisation = organisation();
        work = work();
        plain = plain();
        persons = persons();
        organisations = organisations();
        places = places();
        works = works();
    }

    Phrase sentence() {
        Phrase clause = clause();
        Phrase speaker = argument(64, 14, 0, 0, 22);
        Phrase said = common.verbs.get(Vocabulary.SPEAK);
        return choice().with(52, sequence(clause, common.stop))
                .with(12, sequence(adjunct(), common.comma, clause, common.stop))
                .with(16, sequence(clause, common.conjunction, clause, common.stop))
                .with(10, sequence(clause, common.comma, speaker, said, common.stop))
                .with(6, sequence(listing(), common.stop))
                .with(
                        4,
                        sequence(
                                common.function("according"),
                                common.function("to"),
                                speaker,
                                common.comma,
                                clause,
                                common.stop))
                .build();
    }

    /** Companies, clubs, parties; some take a city's name, and clubs often nothing else. */
    private Phrase organisation() {
        Phrase stem = world.coined(
                "ORG",
                "stem",
                domain.name(),
                new int[] {3 * number + 1, 3 * number + 5},
                List.of(Vocabulary.words("ex tec ora inta evo"), Vocabulary.words("ex ium ora aco est")),
                ORGANISATION_STEMS,
                14,
                8);
        Phrase acronym = world.acronym(domain.name(), ACRONYMS);
        Phrase end = noun("group", Vocabulary.BODY_ENDS.get(number), 0.8);
        boolean clubs = domain.name().equals("sport");
        Phrase.Choices any = choice();
        double regions = 0;
        for (int region = 0; region < world.regions(); region++) {
            double weight = world.weight(region);
            regions += weight;
            Phrase home = world.cityName(region);
            Phrase anyHome =
                    choice().with(1, home).with(1, world.countryName(region)).build();
            any.with(weight * (clubs ? 32 : 3), home)
                    .with(weight * (clubs ? 16 : 9), sequence(home, end))
                    .with(weight * 4, sequence(end, common.function("of"), anyHome));
        }
        any.with(regions * 26, stem)
                .with(regions * 26, sequence(stem, end))
                .with(regions * 3, sequence(stem, common.function("&"), stem))
                .with(regions * 2, sequence(stem, stem, end))
                .with(regions * 14, acronym);
        return new Phrase.Name("ORG", any.build());
    }

    /** Events, laws, products, titles of works. */
    private Phrase work() {
        Phrase stem = world.coined(
                "MISC",
                "work",
                domain.name(),
                new int[] {5 * number + 2},
                List.of(Vocabulary.words("ia ex ane ova")),
                WORK_STEMS,
                0,
                8);
        Phrase end = noun("event", Vocabulary.EVENT_ENDS.get(number), 0.8);
        Phrase titleAdjective = lexicon.common(capitalised(Vocabulary.ADJECTIVES), 0.5, 4, wordClass("adjective"));
        Phrase titleNoun = lexicon.common(capitalised(domain.things()), 0.5, 4, wordClass("noun"), ofDomain());
        return new Phrase.Name(
                "MISC",
                choice().with(30, stem)
                        .with(34, sequence(stem, end))
                        .with(8, sequence(titleAdjective, titleNoun))
                        .with(5, sequence(titleAdjective, end))
                        .build());
    }

    /** What names no one thing, though a name may be part of it. */
    private Phrase plain() {
        Phrase determiner = common.determiner;
        return choice().with(34, sequence(determiner, thing))
                .with(17, sequence(determiner, common.adjective, thing))
                .with(8, sequence(common.adjective, thing))
                .with(9, sequence(determiner, role))
                .with(8, sequence(determiner, group))
                .with(7, sequence(determiner, thing, common.function("of"), determiner, thing))
                .with(6, sequence(common.numeral, common.unit))
                .with(
                        8,
                        sequence(
                                determiner,
                                world.people,
                                choice().with(5, thing)
                                        .with(3, role)
                                        .with(3, group)
                                        .build()))
                .with(3, sequence(world.place, common.function("'s"), thing))
                .build();
    }

    private Phrase persons() {
        return choice().with(52, world.person)
                .with(14, sequence(common.title, world.surname))
                .with(18, sequence(role, world.person))
                .with(6, sequence(world.people, role, world.person))
                .with(
                        5,
                        sequence(
                                world.person,
                                common.comma,
                                common.determiner,
                                role,
                                common.function("of"),
                                organisation,
                                common.comma))
                .with(
                        5,
                        sequence(
                                world.person,
                                common.function("of"),
                                choice().with(2, organisation)
                                        .with(3, world.country)
                                        .build()))
                .build();
    }

    private Phrase organisations() {
        return choice().with(66, organisation)
                .with(18, sequence(common.function("the"), organisation))
                .with(9, sequence(group, organisation))
                .with(7, sequence(world.people, group, organisation))
                .build();
    }

    private Phrase places() {
        return choice().with(78, world.place)
                .with(8, sequence(common.function("the"), common.placeNoun, common.function("of"), world.place))
                .with(7, sequence(common.direction, world.place))
                .with(7, sequence(world.city, common.comma, world.country))
                .build();
    }

    private Phrase works() {
        return choice().with(45, sequence(common.function("the"), work))
                .with(35, work)
                .with(20, sequence(common.determiner, world.people))
                .build();
    }

    private Phrase argument(double per, double org, double loc, double misc, double none) {
        return choice().with(per, persons)
                .with(org, organisations)
                .with(loc, places)
                .with(misc, works)
                .with(none, plain)
                .build();
    }

    private Phrase clause() {
        Phrase one = adjunct();
        Phrase adjuncts = choice().with(20, Phrase.nothing())
                .with(45, one)
                .with(28, sequence(one, one))
                .with(7, sequence(one, one, one))
                .build();
        Phrase.Choices any = choice();
        for (int verbs = 0; verbs < Vocabulary.VERBS.size(); verbs++) {
            Verbs kind = Vocabulary.VERBS.get(verbs);
            any.with(
                    kind.weights().get(number),
                    sequence(subject(kind.name()), common.verbs.get(verbs), object(kind.name()), adjuncts));
        }
        return any.build();
    }

    private Phrase subject(String verbs) {
        return switch (verbs) {
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
            default -> throw new IllegalArgumentException("no subject for verbs of the kind " + verbs);
        };
    }

    private Phrase object(String verbs) {
        return switch (verbs) {
            case "speak" -> sequence(maybe(0.6, common.function("that")), plain, common.verbs.get(Vocabulary.CHANGE));
            case "visit" -> argument(2, 10, 62, 2, 24);
            case "move" ->
                sequence(
                        choice().with(5, common.function("to"))
                                .with(3, common.function("from"))
                                .with(2, common.function("through"))
                                .build(),
                        argument(2, 20, 56, 2, 20));
            case "lead" -> argument(4, 52, 6, 6, 32);
            case "beat" -> argument(26, 40, 20, 2, 12);
            case "buy" -> argument(2, 42, 4, 14, 38);
            case "make" -> argument(2, 4, 2, 44, 48);
            case "sign" -> argument(2, 4, 2, 32, 60);
            case "strike" -> argument(6, 14, 44, 2, 34);
            case "measure" -> argument(4, 6, 6, 24, 60);
            case "change" -> maybe(0.5, sequence(common.function("by"), common.numeral, common.function("percent")));
            case "accuse" -> argument(58, 18, 2, 2, 20);
            default -> throw new IllegalArgumentException("no object for verbs of the kind " + verbs);
        };
    }

    private Phrase adjunct() {
        return choice().with(24, common.time)
                .with(26, sequence(common.beforePlace, argument(0, 10, 58, 3, 29)))
                .with(14, sequence(common.beforePartner, argument(26, 34, 12, 4, 24)))
                .with(30, sequence(common.beforeCommon, argument(4, 8, 4, 8, 76)))
                .build();
    }

    /** A result of a match, or names one after the other, such as newspapers print. */
    private Phrase listing() {
        if (domain.name().equals("sport")) {
            Phrase side = choice().with(3, organisation).with(2, world.country).build();
            return sequence(side, common.numeral, side, common.numeral);
        }
        Phrase item = argument(25, 30, 25, 10, 10);
        return sequence(domainThing, common.colon, item, common.comma, item, common.function("and"), item);
    }

    private Phrase noun(String role, List<String> words, double exponent) {
        return lexicon.common(words, exponent, 1, wordClass("noun"), new Trait(Kind.ROLE, role), ofDomain());
    }

    private Trait ofDomain() {
        return new Trait(Kind.DOMAIN, domain.name());
    }

    private static Trait wordClass(String name) {
        return new Trait(Kind.WORD_CLASS, name);
    }

    private static List<String> capitalised(List<String> words) {
        return words.stream().map(Sentence::capitalised).toList();
    }
}

package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The common words of the built-in language: English words, sorted by what the grammar does with them, frequent ones first. */
final class Vocabulary {
    /**
     * A field of life that a sentence is about.
     *
     * @param things nouns for things
     * @param roles nouns for persons, written before a person's name
     * @param groups nouns for bodies of people
     */
    record Domain(String name, double weight, List<String> things, List<String> roles, List<String> groups) {}

    /**
     * Verbs that take the same kinds of subject and object.
     *
     * @param weights [domains], how often the verbs occur in each domain
     */
    record Verbs(String name, List<Integer> weights, List<String> words) {}

    static final List<Domain> DOMAINS = List.of(
            domain(
                    "politics",
                    5,
                    """
                    government election law vote treaty budget reform policy campaign talks debate crisis bill summit
                    tax embassy mandate decree referendum coalition constitution alliance sanction cabinet subsidy
                    ballot census border pension amnesty motion veto charter quota lobby speech agenda deadlock""",
                    "president minister senator mayor spokesman ambassador chancellor governor deputy envoy premier delegate",
                    "party parliament ministry council commission assembly committee senate"),
            domain(
                    "sport",
                    5,
                    """
                    match game season title goal race final league cup win defeat record medal stadium round lead
                    tournament penalty squad transfer injury whistle relay sprint trophy fixture scoreline derby
                    opener rebound header lap serve innings wicket paddle saddle helmet touchline""",
                    "coach striker captain goalkeeper champion defender referee winger manager rookie sprinter skipper",
                    "team club side federation squad association academy union"),
            domain(
                    "business",
                    4,
                    """
                    market share price profit deal bank loan company stock plant sale growth bond contract debt
                    merger dividend invoice factory export tariff pipeline inventory royalty wage turnover
                    auction brand patent supplier refinery payroll ledger warehouse retailer takeover index""",
                    "chairman director analyst investor founder banker trader economist broker accountant owner auditor",
                    "company bank group firm exchange fund agency insurer"),
            domain(
                    "conflict",
                    3,
                    """
                    attack army war troops peace rebel fire ceasefire weapon border convoy mission raid tank
                    hostage shell mine bunker siege refugee militia outpost grenade garrison truce patrol
                    rifle trench radar missile barricade ambush sniper checkpoint depot armoury curfew""",
                    "general colonel commander soldier warlord sergeant fighter marshal major admiral lieutenant scout",
                    "army militia front brigade alliance regiment police faction"),
            domain(
                    "science",
                    2,
                    """
                    study research system test data theory model energy cell sample species signal orbit virus
                    protein laboratory satellite enzyme telescope glacier fossil reactor vaccine algorithm
                    neuron crystal isotope membrane spectrum molecule sensor genome plasma comet alloy lens""",
                    "professor scientist researcher engineer doctor astronomer chemist surgeon physicist botanist dean tutor",
                    "institute university laboratory society faculty clinic observatory college"),
            domain(
                    "arts",
                    2,
                    """
                    film book show song album story play music painting novel stage concert festival poem
                    gallery chorus sculpture opera script verse canvas melody orchestra sketch ballad portrait
                    mural drama sonnet comedy overture drum violin mask tapestry print fresco cameo""",
                    "singer author actor painter director poet composer dancer critic pianist novelist drummer",
                    "band theatre museum orchestra studio gallery publisher choir"),
            domain(
                    "travel",
                    2,
                    """
                    road train flight bridge storm harbour airport river coast island route ferry station hotel
                    tunnel valley lighthouse canal railway village trail meadow reef lagoon timetable platform
                    ticket luggage compass ridge causeway marsh shore summit cabin terminal dock lantern""",
                    "pilot driver captain guide traveller sailor farmer fisherman conductor ranger porter innkeeper",
                    "airline railway port authority operator cooperative carrier resort"),
            domain(
                    "justice",
                    2,
                    """
                    court trial case charge prison sentence murder evidence ruling appeal verdict fine theft
                    jury fraud warrant bail robbery inquiry custody witness lawsuit statute alibi forgery
                    parole testimony felony dossier hearing smuggling bribery perjury summons indictment plea""",
                    "judge lawyer prosecutor detective inspector suspect sheriff magistrate clerk warden attorney bailiff",
                    "court police tribunal bureau jury guild chamber registry"));

    // Columns: politics, sport, business, conflict, science, arts, travel, justice.
    static final List<Verbs> VERBS = List.of(
            verbs("speak", List.of(6, 4, 5, 4, 4, 4, 3, 5), """
                    said told warned announced argued explained insisted suggested claimed admitted declared noted
                    replied stressed hinted complained promised predicted recalled conceded"""),
            verbs("visit", List.of(3, 2, 1, 3, 1, 2, 6, 1), """
                    visited toured reached entered left crossed explored approached revisited inspected surrounded
                    overlooked bypassed circled evacuated scouted"""),
            verbs("move", List.of(2, 2, 2, 4, 1, 2, 6, 1), """
                    travelled moved flew returned drove sailed marched retreated hurried walked fled headed migrated
                    drifted commuted relocated"""),
            verbs("lead", List.of(4, 4, 3, 3, 2, 2, 1, 1), """
                    joined led chaired founded managed coached represented quit advised reformed directed commanded
                    captained steered deserted revived"""),
            verbs("beat", List.of(2, 9, 1, 2, 0, 0, 0, 0), """
                    beat defeated faced met thrashed outplayed edged held challenged overtook hosted stunned trailed
                    trounced eliminated humbled"""),
            verbs("buy", List.of(1, 2, 8, 1, 1, 1, 2, 1), """
                    bought acquired sold financed owned supplied sued absorbed rescued undercut courted licensed
                    outbid audited leased insured"""),
            verbs("make", List.of(1, 1, 4, 1, 4, 8, 1, 0), """
                    released published launched wrote produced unveiled presented completed recorded designed revised
                    translated adapted built marketed rehearsed"""),
            verbs("sign", List.of(7, 1, 2, 2, 1, 0, 1, 3), """
                    signed rejected approved ratified drafted debated vetoed endorsed proposed amended passed repealed
                    backed opposed reviewed tabled"""),
            verbs("strike", List.of(1, 0, 0, 9, 0, 0, 3, 1), """
                    attacked shelled raided bombed seized occupied defended besieged liberated patrolled flooded
                    battered struck burned ravaged stormed"""),
            verbs("measure", List.of(1, 1, 2, 1, 8, 1, 2, 2), """
                    examined measured observed tested discovered analysed studied modelled counted sampled tracked
                    mapped compared surveyed filtered weighed"""),
            verbs("change", List.of(2, 1, 6, 2, 3, 1, 3, 1), """
                    rose fell grew shrank improved slowed changed widened doubled recovered collapsed stalled eased
                    climbed slipped halted"""),
            verbs("accuse", List.of(4, 3, 2, 2, 1, 2, 1, 8), """
                    accused praised thanked interviewed arrested married appointed dismissed questioned replaced
                    criticised hired honoured convicted freed nominated greeted"""));

    static final List<String> ADJECTIVES = words("""
            new old big small first last long high early late major local young strong weak recent final open
            great public private heavy quiet rapid severe modest bitter narrow distant ancient broken golden
            silver silent crimson hidden fragile stubborn hollow famous rare costly cautious brisk gloomy vivid
            rugged humble swift clumsy sober tender brittle sullen lavish""");

    static final List<String> ADVERBS = words("""
            also still again already soon later finally quickly often suddenly recently quietly barely openly
            twice gradually reportedly narrowly firmly unexpectedly seldom formally""");

    static final List<String> THINGS = words("""
            year people day time week plan month way part group number problem result report move chance
            decision issue side place point end question change effort idea step view reason interest cause
            task value list series sign pressure detail purpose""");

    static final List<String> TIMES = words("yesterday today overnight tomorrow afterwards");
    static final List<String> DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");
    static final List<String> MONTHS =
            words("January February March April May June July August September October November December");
    static final List<String> NUMBERS = words("""
            two three 10 four 20 1 five 2 3 six 15 30 100 eight 12 50 ten 5 25 40 0 seven 4 11 60 18 1990 75 1995
            200 1988 14 16 22 1992 35 500 1979 1999 80 13 17 21 19 24 33 1996 45 90 300 1,000 2.5 1.2 3.4 1985 28""");
    static final List<String> UNITS = words("percent million miles people points minutes days votes tons metres");
    static final List<String> TITLES = words("Mr Mrs Dr Sir Ms Lady");
    static final List<String> DETERMINERS = words("the this its every another their that some");
    static final List<String> PLACE_PREPOSITIONS = words("in near outside at across from around");
    static final List<String> COMMON_PREPOSITIONS = words("of for with on after in by about during despite without");
    static final List<String> PARTNER_PREPOSITIONS = words("with for against by from behind");
    static final List<String> CONJUNCTIONS = words("and but while as when because");
    static final List<String> PLACE_NOUNS =
            words("city town capital province port village region district state suburb");
    static final List<String> DIRECTIONS = words("northern southern eastern western central coastal");
    static final List<String> COMPASS = words("North South New East West Upper");
    static final List<String> LANDFORMS = words("Lake Mount Port Fort Cape River");
    static final List<String> PLACE_ENDS = words("Island Bay Valley City Hills Province");
    static final List<String> INITIALS = words("J. M. A. R. S. D. P. K. T. L. E. B. H. N. C. G. V. W.");

    /** What follows the stem of an organisation's name, a domain. */
    static final List<List<String>> BODY_ENDS = List.of(
            words("Party Council Movement Union Forum League"),
            words("United Rovers Athletic City Wanderers Union"),
            words("Group Holdings Bank Corp Ltd Industries Motors"),
            words("Army Front Brigade Guard Command"),
            words("University Institute College Laboratories Society"),
            words("Records Pictures Press Theatre Orchestra"),
            words("Airways Lines Railways Port Travel"),
            words("Police Court Bureau Chamber Tribunal"));

    /** What follows the stem of a name for an event or a thing, a domain. */
    static final List<List<String>> EVENT_ENDS = List.of(
            words("Accord Treaty Act Declaration"),
            words("Cup Open Trophy Grand Shield"),
            words("Index 500 Fair Bond"),
            words("War Offensive Truce Accord"),
            words("Prize Theory Protocol Medal"),
            words("Festival Prize Sonata Saga"),
            words("Express Rally 200 Star"),
            words("Act Inquiry Code Affair"));

    /** Where verbs of speech and of change stand in {@link #VERBS}. */
    static final int SPEAK = 0;

    static final int CHANGE = 10;

    private Vocabulary() {}

    /** Every common word that an invented name must not be. */
    static List<String> all() {
        List<String> all = new ArrayList<>();
        for (Domain domain : DOMAINS) {
            all.addAll(domain.things());
            all.addAll(domain.roles());
            all.addAll(domain.groups());
        }
        VERBS.forEach(verbs -> all.addAll(verbs.words()));
        Stream.of(
                        ADJECTIVES,
                        ADVERBS,
                        THINGS,
                        TIMES,
                        UNITS,
                        DETERMINERS,
                        PLACE_PREPOSITIONS,
                        COMMON_PREPOSITIONS,
                        PARTNER_PREPOSITIONS,
                        CONJUNCTIONS,
                        PLACE_NOUNS,
                        DIRECTIONS)
                .forEach(all::addAll);
        return all;
    }

    /** The things of all domains. */
    static List<String> domainThings() {
        return DOMAINS.stream().flatMap(domain -> domain.things().stream()).toList();
    }

    static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    private static Domain domain(String name, double weight, String things, String roles, String groups) {
        return new Domain(name, weight, words(things), words(roles), words(groups));
    }

    private static Verbs verbs(String name, List<Integer> weights, String text) {
        return new Verbs(name, weights, words(text));
    }
}

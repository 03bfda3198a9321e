package org.mtlfarm.standalone;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The layers of docs/decisions.md, over the classes of all modules. */
@AnalyzeClasses(packages = "org.mtlfarm", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    @ArchTest
    static final ArchRule onlyDl4jsEngineSeesDl4jAndNd4j = noClasses()
            .that()
            .resideOutsideOfPackage("org.mtlfarm.dl4j..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..");

    @ArchTest
    static final ArchRule onlyEnginesSeeNativeLibraries = noClasses()
            .that()
            .resideOutsideOfPackages("org.mtlfarm.worker.network.(*)..", "org.mtlfarm.dl4j..", "org.mtlfarm.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule onlyTheAggregatorSeesRocksDbAndStreams = noClasses()
            .that()
            .resideOutsideOfPackage("org.mtlfarm.aggregator..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.rocksdb..", "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule onlyWhatServesHttpSeesItsServer = noClasses()
            .that()
            .resideOutsideOfPackages("org.mtlfarm.http..", "org.mtlfarm.*.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule howHttpIsServedIsNoServicesOwn = noClasses()
            .that()
            .resideInAPackage("org.mtlfarm.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.mtlfarm.producer..",
                    "org.mtlfarm.worker..",
                    "org.mtlfarm.aggregator..",
                    "org.mtlfarm.regressor..",
                    "org.mtlfarm.page..",
                    "org.mtlfarm.standalone..");

    @ArchTest
    static final ArchRule servicesDoNotKnowThePage = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.mtlfarm.producer..",
                    "org.mtlfarm.worker..",
                    "org.mtlfarm.aggregator..",
                    "org.mtlfarm.regressor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.mtlfarm.page..");

    @ArchTest
    static final ArchRule theContractDependsOnNothingOfOurs = classes()
            .that()
            .resideInAPackage("org.mtlfarm.schemas..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                    "org.mtlfarm.http..",
                    "org.mtlfarm.producer..",
                    "org.mtlfarm.worker..",
                    "org.mtlfarm.aggregator..",
                    "org.mtlfarm.regressor..",
                    "org.mtlfarm.standalone..");

    @ArchTest
    static final ArchRule servicesDoNotKnowEachOther =
            com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices()
                    .matching("org.mtlfarm.(producer|worker|aggregator|regressor)..")
                    .should()
                    .notDependOnEachOther();

    @ArchTest
    static final ArchRule theNumericPartsKnowNothingOfKafka = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.mtlfarm.worker.corpus..",
                    "org.mtlfarm.worker.vectors..",
                    "org.mtlfarm.worker.simulator..",
                    "org.mtlfarm.worker.scoring..",
                    "org.mtlfarm.worker.network..",
                    "org.mtlfarm.worker.builtin..",
                    "org.mtlfarm.worker.training..",
                    "org.mtlfarm.regressor.expression..",
                    "org.mtlfarm.regressor.evaluation..",
                    "org.mtlfarm.regressor.search..",
                    "org.mtlfarm.regressor.selection..",
                    "org.mtlfarm.regressor.table..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..");
}

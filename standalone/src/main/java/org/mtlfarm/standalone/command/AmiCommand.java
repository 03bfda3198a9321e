package org.mtlfarm.standalone.command;

import java.nio.file.Path;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import org.mtlfarm.worker.simulator.AdjustedMutualInformation;
import org.mtlfarm.worker.simulator.LabelPairs;

/** {@code farm ami FILE}. */
@Command(
        name = "ami",
        description = "Adjusted mutual information of two label columns (Vinh et al. 2010), natural logarithms.")
final class AmiCommand implements Runnable {
    @Mixin
    private Output output;

    @Parameters(paramLabel = "FILE", description = "Two columns of labels, by white space; one token a line.")
    private Path file;

    @Override
    public void run() {
        LabelPairs pairs = LabelPairs.read(file);
        AdjustedMutualInformation ami = AdjustedMutualInformation.of(pairs.u(), pairs.v());
        ObjectNode json = Output.object();
        json.put("n", ami.n());
        json.put("mi", ami.mi());
        json.put("expectedMi", ami.expectedMi());
        json.put("entropyU", ami.entropyU());
        json.put("entropyV", ami.entropyV());
        json.putObject("ami")
                .put("arithmetic", ami.arithmetic())
                .put("max", ami.max())
                .put("geometric", ami.geometric())
                .put("min", ami.min());
        output.print(json, """
                tokens      %d
                MI          %.10f
                E[MI]       %.10f
                H(U)        %.10f
                H(V)        %.10f
                AMI
                  arithmetic  %.10f
                  max         %.10f
                  geometric   %.10f
                  min         %.10f
                """.formatted(
                        ami.n(),
                        ami.mi(),
                        ami.expectedMi(),
                        ami.entropyU(),
                        ami.entropyV(),
                        ami.arithmetic(),
                        ami.max(),
                        ami.geometric(),
                        ami.min()));
    }
}

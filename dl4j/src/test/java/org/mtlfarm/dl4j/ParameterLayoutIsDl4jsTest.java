package org.mtlfarm.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

import static org.assertj.core.api.Assertions.assertThat;

class ParameterLayoutIsDl4jsTest {
    private static final Map<String, String> LSTM_NAMES = Map.of(
            "fW", "lstm.forward.W",
            "fRW", "lstm.forward.RW",
            "fb", "lstm.forward.b",
            "bW", "lstm.backward.W",
            "bRW", "lstm.backward.RW",
            "bb", "lstm.backward.b");

    /** 12 and 30 tasks: DL4J's own order, which hangs on hash buckets, is not by task there. */
    @ParameterizedTest
    @CsvSource({"0,LAST,1", "0,CENTER,30", "1,LAST,12", "2,LAST,12", "2,CENTER,5", "3,LAST,30", "3,CENTER,2"})
    void everyBlockLiesWhereDl4jHasIt(int sharedLayers, Readout readout, int tasks) {
        NetworkShape shape = new NetworkShape(7, 5, sharedLayers, tasks, 4, readout);
        ParameterLayout layout = ParameterLayout.of(shape);
        ComputationGraph graph = Dl4jEngine.graph(shape, 1e-3, new float[layout.size()]);
        List<ParameterLayout.Block> found = new ArrayList<>();
        for (Layer layer : graph.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            layer.paramTable().forEach((key, array) -> {
                assertThat(array.ordering()).isEqualTo('f');
                found.add(block(name.equals("lstm") ? LSTM_NAMES.get(key) : name + "." + key, array));
            });
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(layout.blocks());
        graph.close();
    }

    private static ParameterLayout.Block block(String name, INDArray array) {
        boolean bias = array.rank() == 1;
        return new ParameterLayout.Block(
                name, bias ? 1 : (int) array.size(0), (int) array.size(bias ? 0 : 1), (int) array.offset());
    }
}

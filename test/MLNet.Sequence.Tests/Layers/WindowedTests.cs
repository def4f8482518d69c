using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class WindowedTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Recurrent(steps: 1),
        Recurrent(steps: 3),
        Recurrent(steps: LayerCase.Steps),
        Swept(new LstmLayer(2), blocks: 4, steps: 5),
        Swept(new GruLayer(2), blocks: 3, steps: 1),
        Swept(new GruLayer(2), blocks: 3, steps: 4),
        Swept(new RnnLayer(2), blocks: 1, steps: 1),
        Swept(new RnnLayer(2), blocks: 1, steps: 4),
        Swept(new RnnLayer(2) { Activation = ActivationKind.Relu }, blocks: 1, steps: 3),
        new(new Windowed(new Sequential(new Clamp(0.5), new GruLayer(2), new Dropout(0.5)), 3), 3, Weights("inner.1", 2, blocks: 3)) { Outputs = 2, Field = 3 },
        new(new Windowed(new Sequential(new RnnLayer(2), new RnnLayer(4)), 3), 3,
            [.. Weights("inner.0", 2, 1), .. Weights("inner.1", 4, 1, inputs: 2)]) { Outputs = 4, Field = 3 },
        new(new Windowed(new CausalConv(2, 2), 5), 3, "inner.weight[2,3,2]", "inner.bias[2]") { Outputs = 2, Field = 2 },
        new(new Windowed(new CausalConv(2, 4), 3), 1, "inner.weight[2,1,4]", "inner.bias[2]") { Outputs = 2, Field = 3 },
    ];

    [TestMethod]
    public void Before_the_last_step_only_the_last_window_is_run()
    {
        var layers = new Sequential(new Windowed(new Sequential(new LstmLayer(3), new RnnLayer(2)), 4), new Sequential(new LastStep(), new Dense(1)));
        Weights weights = NetworkProbe.RandomWeights(layers, 2, seed: 3);
        SequenceBatch input = SequenceBatch.Random(3, 9, 2, seed: 5);
        double[] expected = [.. Enumerable.Range(0, 3).SelectMany(row => PlainLayers.Run(layers, input.RowSteps(row), new PlainWeights(weights)))
            .SelectMany(step => step)];
        using var probe = new NetworkProbe(layers, 2, weights);
        Close.AssertEqual(expected, probe.Forward(input), 1e-12, "the last window");
        Close.AssertEqual(expected, probe.Forward(input, [9, 9, 9]), 1e-12, "with lengths");
    }

    [TestMethod]
    public void The_last_output_over_a_window_far_longer_than_the_sequence_needs_memory_for_the_sequence_alone()
    {
        float[] input = SequenceBatch.Random(rows: 1, 9, 1, seed: 5).Floats;
        (float[] Output, long Allocated) Last(int window)
        {
            var layer = new Windowed(new LstmLayer(3), window);
            var network = new ManagedNetwork(layer, 1, NetworkProbe.RandomWeights(layer, 1, seed: 3));
            var output = new float[3];
            long before = GC.GetAllocatedBytesForCurrentThread();
            network.RunLast(input, default, output);
            return (output, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        (float[] output, long allocated) = Last(100_000_000);
        CollectionAssert.AreEqual(Last(9).Output, output);
        Assert.IsLessThan(1 << 20, allocated);
    }

    private static LayerCase Swept(Layer layer, int blocks, int steps) =>
        new(new Windowed(layer, steps), 3, Weights("inner", 2, blocks)) { Outputs = 2, Field = steps };

    private static string[] Weights(string path, int units, int blocks, int inputs = 3) =>
    [
        $"{path}.weight_ih[{blocks * units},{inputs}]", $"{path}.weight_hh[{blocks * units},{units}]", $"{path}.bias_ih[{blocks * units}]",
            $"{path}.bias_hh[{blocks * units}]",
    ];

    private static LayerCase Recurrent(int steps) =>
        new(new Windowed(new LstmLayer(2), steps), 3, "inner.weight_ih[8,3]", "inner.weight_hh[8,2]", "inner.bias_ih[8]", "inner.bias_hh[8]")
        {
            Outputs = 2,
            Field = steps,
        };
}

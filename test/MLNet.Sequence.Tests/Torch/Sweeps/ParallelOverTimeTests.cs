using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Compares recurrent layers for all time steps at once with the same layers step by step.</summary>
[TestClass]
public sealed class ParallelOverTimeTests
{
    private const int Units = 6, Inputs = 3, Steps = 150;

    private static readonly Layer[] Layers = [new RnnLayer(Units), new RnnLayer(Units) { Activation = ActivationKind.Relu }, new GruLayer(Units),
        new LstmLayer(Units)];

    [TestMethod]
    [DataRow(0.5, 1e-3)]
    [DataRow(0.8, 1e-5)]
    public void Of_a_contraction_they_are_within_the_stated_error(double rate, double tolerance)
    {
        using var probe = new NetworkProbe(new RnnLayer(Units), Inputs, Contraction(rate));
        double largest = Math.Sqrt(Units); // of |h| < 1
        int enough = (int)Math.Ceiling(Math.Log(tolerance / largest) / Math.Log(rate));
        foreach (Func<int, TorchPass> pass in new Func<int, TorchPass>[] { k => new TorchPass { Sweeps = k }, k => new TorchPass { WarmUp = k } })
        {
            Assert.IsLessThanOrEqualTo(tolerance, Distance(probe, pass(enough)));
            for (int few = 1; few < enough; few *= 2)
                Assert.IsLessThanOrEqualTo(Math.Pow(rate, few) * largest, Distance(probe, pass(few)), $"{few} steps");
            Assert.IsGreaterThan(Distance(probe, pass(enough)), Distance(probe, pass(1)));
        }
    }

    [TestMethod]
    public void As_many_sweeps_as_steps_are_exact()
    {
        foreach (Layer layer in Layers)
        {
            using var probe = new NetworkProbe(layer, Inputs, NetworkProbe.RandomWeights(layer, Inputs, seed: 2));
            Assert.AreEqual(0, Distance(probe, new TorchPass { Sweeps = Steps }), 1e-12, $"{layer}");
        }
    }

    [TestMethod]
    public void Parts_side_by_side_are_the_layer_started_again_before_each()
    {
        const int warmUp = 20;
        foreach (Layer layer in Layers)
        {
            Weights weights = NetworkProbe.RandomWeights(layer, Inputs, seed: 2);
            using var probe = new NetworkProbe(layer, Inputs, weights);
            SequenceBatch input = SequenceBatch.Random(2, Steps, Inputs, seed: 4);
            (double[] output, long[] shape) = probe.Forward(input, new TorchPass { WarmUp = warmUp });
            CollectionAssert.AreEqual(new long[] { 2, Steps, Units }, shape);
            for (int row = 0; row < 2; row++)
            {
                for (int step = 0; step < Steps; step++)
                {
                    // Parts of 20 steps: the first has 40, the others begin at 40, 60, … and read the 20 steps before that.
                    int start = step < 2 * warmUp ? 0 : step / warmUp * warmUp - warmUp;
                    double[] expected = PlainLast(layer, input.RowSteps(row)[start..(step + 1)], weights);
                    Close.AssertEqual(expected, output.AsSpan((row * Steps + step) * Units, Units).ToArray(), 1e-12, $"{layer}, step {step}");
                }
            }
        }
    }

    private static double[] PlainLast(Layer layer, double[][] steps, Weights weights) =>
        Tests.Layers.PlainLayers.Run(layer, steps, new Tests.Layers.PlainWeights(weights))[^1];

    private static double Distance(NetworkProbe probe, TorchPass pass)
    {
        SequenceBatch input = SequenceBatch.Random(2, Steps, Inputs, seed: 4);
        return probe.Forward(input).Zip(probe.Forward(input, pass).Values, (one, other) => one - other).Chunk(Units)
            .Max(step => Math.Sqrt(step.Sum(difference => difference * difference)));
    }

    // R is a random orthogonal matrix times the requested Euclidean norm.
    private static Weights Contraction(double rate)
    {
        var layer = new RnnLayer(Units) { Recurrent = RecurrentInitialization.Orthogonal };
        var scaled = new Weights();
        foreach (Weight weight in Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(2)))
            scaled.Add(weight.Name == "weight_hh" ? weight with { Values = [.. weight.Values.Select(value => (float)(rate * value))] } : weight);
        return scaled;
    }
}

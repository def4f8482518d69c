using MLNet.Sequence.Architectures;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class LinearTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Linear { Size = 5 }, window: 16),
        Case(new Linear { Size = 4, Window = 6 }, window: 6),
    ];

    internal override Architecture Invalid => new Linear { Size = 0, Window = 0 };

    internal override IReadOnlyList<string> InvalidProperties => [nameof(Linear.Size), nameof(Linear.Window)];

    // NLinear: the last value is subtracted, a linear layer goes over the window's steps, and it is added again.
    [TestMethod]
    public void With_last_value_normalisation_and_a_head_it_forecasts_one_channel_as_NLinear()
    {
        const int context = 9, horizon = 4;
        var head = new Sequential(new LastStep(), new Dense(horizon));
        var network = new WindowNormalized(new Sequential(new Linear { Size = horizon }.Build(context), head), WindowNormalization.LastValue, 1);
        Weights weights = NetworkProbe.RandomWeights(network, 1, seed: 2);
        SequenceBatch input = SequenceBatch.Random(1, context, 1, seed: 3);
        float[] kernel = weights["inner.0.weight"].Values, bias = weights["inner.0.bias"].Values;
        float[] dense = weights["inner.1.1.weight"].Values, denseBias = weights["inner.1.1.bias"].Values;

        // One matrix of the window's steps to the horizon's.
        var expected = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            double last = input.Values[^1], sum = denseBias[h];
            for (int j = 0; j < horizon; j++)
                sum += (double)dense[h * horizon + j] * (bias[j] + Enumerable.Range(0, context).Sum(t => kernel[j * context + t] * (input.Values[t] - last)));
            expected[h] = sum + last;
        }

        using var probe = new NetworkProbe(network, 1, weights);
        Close.AssertEqual(expected, probe.Forward(input), 1e-12, "NLinear");
    }

    private static ArchitectureCase Case(Linear linear, int window) =>
        new(linear, (window * ArchitectureCase.Inputs + 1L) * linear.Size, window);
}

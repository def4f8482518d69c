using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
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
        NetworkPlan network = NetworkPlan.Of(new Sequential(new Linear { Size = horizon }.Build(context), head), 1) with
        {
            Normalization = new WindowNormalized(WindowNormalization.LastValue, 1),
        };
        Weights weights = NetworkProbe.RandomWeights(network, seed: 2);
        SequenceBatch input = SequenceBatch.Random(1, context, 1, seed: 3);
        float[] kernel = weights["0.weight"].Values.Items, bias = weights["0.bias"].Values.Items;
        float[] dense = weights["1.1.weight"].Values.Items, denseBias = weights["1.1.bias"].Values.Items;

        // One matrix of the window's steps to the horizon's.
        var expected = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            double last = input.Values[^1], sum = denseBias[h];
            for (int j = 0; j < horizon; j++)
                sum += (double)dense[h * horizon + j] * (bias[j] + Enumerable.Range(0, context).Sum(t => kernel[j * context + t] * (input.Values[t] - last)));
            expected[h] = sum + last;
        }

        using var probe = new NetworkProbe(network, weights);
        Close.AssertEqual(expected, probe.Forward(input), 1e-12, "NLinear");
    }

    // DLinear: the moving average of 25 steps, with the ends repeated, is the trend. A linear map of the trend and one of the remainder are
    // added.
    [TestMethod]
    public void With_a_head_its_forecasts_of_one_channel_contain_those_of_DLinear()
    {
        const int context = 30, horizon = 4, half = 12;
        double[] Average(double[] x) => [.. Enumerable.Range(0, context)
            .Select(t => Enumerable.Range(t - half, 2 * half + 1).Average(s => x[Math.Clamp(s, 0, context - 1)]))];
        double[][] trend = [.. SequenceBatch.Random(1, horizon, context, seed: 4).Values.Chunk(context)],
            rest = [.. SequenceBatch.Random(1, horizon, context, seed: 5).Values.Chunk(context)];
        double[] Forecast(double[] x) => [.. trend.Zip(rest, (a, b) => Average(x).Select((level, t) => a[t] * level + b[t] * (x[t] - level)).Sum())];
        SequenceBatch input = SequenceBatch.Random(1, context, 1, seed: 3);

        // The equivalent single matrix, column by column, with the identity as head.
        double[][] columns = [.. Enumerable.Range(0, context).Select(t => Forecast([.. Enumerable.Range(0, context).Select(s => s == t ? 1.0 : 0)]))];
        var weights = new Weights();
        weights.Add(new Weight("0.weight", [horizon, 1, context],
            [.. Enumerable.Range(0, horizon * context).Select(i => (float)columns[i % context][i / context])]));
        weights.Add(new Weight("0.bias", [horizon], new float[horizon]));
        weights.Add(new Weight("1.1.weight", [horizon, horizon], [.. Enumerable.Range(0, horizon * horizon).Select(i => i % (horizon + 1) == 0 ? 1f : 0)]));
        weights.Add(new Weight("1.1.bias", [horizon], new float[horizon]));
        using var probe = new NetworkProbe(new Sequential(new Linear { Size = horizon }.Build(context), new Sequential(new LastStep(), new Dense(horizon))), 1,
            weights);
        Close.AssertEqual(Forecast(input.Values), probe.Forward(input), 1e-6, "DLinear"); // the weights are rounded to floats
    }

    private static ArchitectureCase Case(Linear linear, int window) =>
        new(linear, (window * ArchitectureCase.Inputs + 1L) * linear.Size, window);
}

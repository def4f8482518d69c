using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>Forecasters whose weights are those of a recursion: what they forecast is known in closed form.</summary>
internal static class KnownRecursion
{
    public const int Context = 5, Horizon = 3;
    public const double Phi = 0.8, Sigma = 0.7, Mean = 40, Deviation = 5;

    public static Forecasting Task => new()
    {
        Targets = [new ChannelColumn("y", ["y"])],
        Context = Context,
        Horizon = Horizon,
        Normalization = WindowNormalization.None,
    };

    public static double Variance(int h) => Sigma * Sigma * (1 - Math.Pow(Phi, 2 * h)) / (1 - Phi * Phi);

    // Each step of the horizon with its own mean and deviation.
    public static SequenceModel Autoregression(int horizon) => Linear(
        Task with { Context = 1, Horizon = horizon, Distribution = ForecastDistributionKind.Gaussian },
        [.. Enumerable.Range(1, horizon).SelectMany(h => new double[][] { [Math.Pow(Phi, h)], [0] })],
        // The deviation is softplus plus a thousandth.
        [.. Enumerable.Range(1, horizon).SelectMany(h => new[] { 0, Math.Log(Math.Exp(Math.Sqrt(Variance(h)) - 1e-3) - 1) })]);

    // Outputs that are linear in the last steps, the last one first.
    public static SequenceModel Linear(Forecasting task, double[][] factors, double[] constants)
    {
        int lags = factors[0].Length;
        var architecture = new Linear { Size = lags, Window = lags };
        NetworkPlan plan = SequenceModel.BuildNetwork(architecture, task);
        var weights = new Weights();
        foreach (WeightSpec spec in plan.AllWeights())
        {
            bool head = spec.Shape[0] == constants.Length && spec.Name.Contains("dense", StringComparison.Ordinal);
            float[] values = (head, spec.Shape.Length) switch
            {
                (true, 1) => [.. constants.Select(value => (float)value)],
                (true, _) => [.. factors.SelectMany(row => row).Select(value => (float)value)],
                // The taps copy one step each; the last one is that of the present step.
                (false, 3) => [.. Enumerable.Range(0, lags * lags).Select(i => i % lags == lags - 1 - i / lags ? 1f : 0)],
                _ => new float[spec.Shape.Aggregate(1, (size, length) => size * length)],
            };
            weights.Add(new Weight(spec.Name, spec.Shape, values));
        }

        return new SequenceModel(architecture, task, weights, new SeriesScaling(new ChannelScaling([Mean], [Deviation]), []), UntrainedModel.Report);
    }
}

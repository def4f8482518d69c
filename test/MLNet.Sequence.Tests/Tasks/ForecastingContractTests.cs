using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Tasks;

[TestClass]
public sealed class ForecastingContractTests : TaskContract
{
    private const int Targets = 2, Horizon = 3;

    public override IEnumerable<SequenceTask> Forms =>
    [
        UntrainedModel.Forecasting(WindowNormalization.None) with { SeriesColumnName = "Key" },
        UntrainedModel.Forecasting(WindowNormalization.None) with { SeriesColumnName = "Key", Levels = [0.1, 0.5, 0.9], ForecastColumnName = "Quantiles" },
        UntrainedModel.Forecasting(WindowNormalization.None) with { SeriesColumnName = "Key", Intervals = new ForecastIntervals() },
        UntrainedModel.Forecasting(WindowNormalization.None) with
        {
            SeriesColumnName = "Key",
            Levels = [0.1, 0.5, 0.9],
            Intervals = new ForecastIntervals { ConfidenceLevel = 0.8, LowerBoundColumnName = "Low", UpperBoundColumnName = "High" },
            ForecastColumnName = "Quantiles",
        },
        .. Enum.GetValues<ForecastDistributionKind>().Select(kind =>
            UntrainedModel.Forecasting(WindowNormalization.None) with { SeriesColumnName = "Key", Distribution = kind }),
    ];

    // A number as it is; the quantiles of a step and target in ascending order.
    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        var task = (Forecasting)@case.Task;
        if (task.Distribution is { } kind)
            return new() { ["Forecast"] = Parameters(kind, @case.Given[0], @case.Model.Scaling.Pooled) };
        double[] Units(double[] network) => [.. network.Select((value, i) => value * @case.Model.Scaling.Pooled.Deviation[i % Targets]
            + @case.Model.Scaling.Pooled.Mean[i % Targets])];
        double[] said = Units(@case.Given[0]);
        if (task.Levels is null && task.Intervals is null)
            return new() { ["Forecast"] = said };
        int levels = task.Levels?.Count ?? 3;
        double[][][] steps = [.. said.Chunk(levels * Targets).Select(step => step.Chunk(Targets).ToArray())];
        double[] Sorted(IEnumerable<int> places) => [.. steps.SelectMany(step => places.SelectMany(level =>
            Enumerable.Range(0, Targets).Select(target => step.Select(row => row[target]).Order().ElementAt(level))))];
        var expected = new Dictionary<string, double[]>();
        if (task.Levels is null)
            expected["Forecast"] = Sorted([1]);
        else
            expected["Quantiles"] = Sorted(Enumerable.Range(0, levels));
        if (task.Intervals is { } intervals)
            (expected[intervals.LowerBoundColumnName], expected[intervals.UpperBoundColumnName]) = (Sorted([0]), Sorted([2]));
        return expected;
    }

    private static double[] Parameters(ForecastDistributionKind kind, double[] network, ChannelScaling scaling)
    {
        int count = network.Length / (Horizon * Targets);
        double Plus(double x) => Math.Log(1 + Math.Exp(x));
        bool counts = kind is ForecastDistributionKind.Poisson or ForecastDistributionKind.NegativeBinomial;
        if (kind == ForecastDistributionKind.MixtureOfGaussians)
            return Mixture(network, count, scaling);
        return [.. network.Select((z, i) =>
        {
            (double mean, double deviation) = (scaling.Mean[i % Targets], scaling.Deviation[i % Targets]);
            return (i / Targets % count) switch
            {
                0 => counts ? Plus(mean + deviation * z) : mean + deviation * z,
                1 => (counts ? 1 : deviation) * (Plus(z) + 0.001),
                _ => 2 + Plus(z),
            };
        })];
    }

    // Softmax of the weights; offsets of −⅔, 0 and ⅔ more, around their own mean and that of all.
    private static double[] Mixture(double[] network, int count, ChannelScaling scaling)
    {
        double[] all = [.. network];
        for (int at = 0; at < network.Length; at++)
        {
            (int step, int place, int target) = (at / (count * Targets), at / Targets % count, at % Targets);
            double Raw(int component, int part) => network[(step * count + 1 + 3 * component + part) * Targets + target];
            double[] exponentials = [Math.Exp(Raw(0, 0)), Math.Exp(Raw(1, 0)), Math.Exp(Raw(2, 0))];
            double[] offsets = [Raw(0, 1) - 2 / 3.0, Raw(1, 1), Raw(2, 1) + 2 / 3.0];
            double[] weights = [.. exponentials.Select(one => one / exponentials.Sum())];
            double mean = network[step * count * Targets + target], shift = weights.Zip(offsets, (weight, offset) => weight * offset).Sum();
            (double level, double unit) = (scaling.Mean[target], scaling.Deviation[target]);
            int component = (place - 1) / 3;
            all[at] = place == 0 ? level + unit * mean : ((place - 1) % 3) switch
            {
                0 => weights[component],
                1 => level + unit * (mean + offsets[component] - shift),
                _ => unit * (Math.Log(1 + Math.Exp(network[at])) + 0.001),
            };
        }

        return all;
    }

    // Negative log-densities, from their formulas in standardised units.
    private static double LogLoss(ForecastDistributionKind kind, double[] parameters, double value)
    {
        double error = (value - parameters[0]) / parameters[1];
        if (kind == ForecastDistributionKind.MixtureOfGaussians)
        {
            return -Math.Log(parameters.Skip(1).Chunk(3).Sum(one =>
                one[0] * Math.Exp(-0.5 * Math.Pow((value - one[1]) / one[2], 2)) / (one[2] * Math.Sqrt(2 * Math.PI))));
        }

        if (kind == ForecastDistributionKind.Gaussian)
            return Math.Log(parameters[1] * Math.Sqrt(2 * Math.PI)) + error * error / 2;
        // The constant of Student's t by the product form of Γ((ν + 1) / 2) / Γ(ν / 2), as an integral: ∫ (1 + x² / ν)^(−(ν + 1) / 2) dx.
        double degrees = parameters[2], sum = 0;
        const int parts = 200_000;
        for (int i = 0; i < parts; i++)
        {
            // x = tan u over (−π/2, π/2).
            double u = Math.PI * ((i + 0.5) / parts - 0.5), x = Math.Tan(u);
            sum += Math.Pow(1 + x * x / degrees, -(degrees + 1) / 2) * (1 + x * x) * Math.PI / parts;
        }

        return Math.Log(sum * parameters[1]) + (degrees + 1) / 2 * Math.Log(1 + error * error / degrees);
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target)
    {
        if (task is Forecasting { Distribution: { } kind })
        {
            double[] parameters = Parameters(kind, output, ChannelScaling.None(Targets));
            int count = parameters.Length / (Horizon * Targets);
            // Of counts, the mean before it is made positive.
            return target.Select((value, i) => kind is ForecastDistributionKind.Poisson or ForecastDistributionKind.NegativeBinomial
                ? Math.Pow(output[i / Targets * count * Targets + i % Targets] - value, 2)
                : LogLoss(kind, [.. Enumerable.Range(0, count).Select(place => parameters[(i / Targets * count + place) * Targets + i % Targets])], value))
                .Average();
        }

        // The middle one of three numbers.
        if (task is Forecasting { Levels: null, Intervals: not null })
            output = [.. output.Chunk(Targets).Where((_, i) => i % 3 == 1).SelectMany(numbers => numbers)];
        if (((Forecasting)task).Levels is not { } levels)
            return output.Zip(target, (one, other) => (one - other) * (one - other)).Average();
        return output.Select((quantile, i) =>
        {
            double level = levels[i / Targets % levels.Count], actual = target[i / (levels.Count * Targets) * Targets + i % Targets];
            return actual > quantile ? level * (actual - quantile) : (1 - level) * (quantile - actual);
        }).Average();
    }

    internal override double[] Target(SequenceTask task, int outputs, RandomStream random) =>
        [.. Enumerable.Range(0, Horizon * Targets).Select(_ => (double)(float)Normal(random))];
}

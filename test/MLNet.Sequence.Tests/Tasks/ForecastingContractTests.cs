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
    ];

    // A number as it is; the quantiles of a step and target in ascending order.
    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        var task = (Forecasting)@case.Task;
        double[] Units(double[] network) => [.. network.Select((value, i) => value * @case.Model.Scaling.Pooled.Deviation[i % Targets]
            + @case.Model.Scaling.Pooled.Mean[i % Targets])];
        double[] said = Units(@case.Given[0]);
        if (task.Levels is not { Count: var levels })
            return new() { ["Forecast"] = said };
        double[][][] steps = [.. said.Chunk(levels * Targets).Select(step => step.Chunk(Targets).ToArray())];
        return new()
        {
            ["Quantiles"] = [.. steps.SelectMany(step => Enumerable.Range(0, levels).SelectMany(level =>
                Enumerable.Range(0, Targets).Select(target => step.Select(row => row[target]).Order().ElementAt(level))))],
        };
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target)
    {
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

namespace MLNet.Sequence.Tests.Tasks;

[TestClass]
public sealed class SequenceRegressionContractTests : TaskContract
{
    public override IEnumerable<SequenceTask> Forms =>
    [
        new SequenceRegression { Input = Features, Pooling = PoolingKind.Attention, LongestSequence = 9, LabelScaling = new ChannelScaling([1200], [35]) },
        new SequenceRegression { Input = Features, Pooling = PoolingKind.Mean, LongestSequence = 9, IsVector = true,
            LabelScaling = new ChannelScaling([3, -4, 5], [1, 2, 0.5]) },
    ];

    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        ChannelScaling labels = ((SequenceRegression)@case.Task).LabelScaling;
        return new() { ["Score"] = [.. @case.Given[0].Select((value, i) => value * labels.Deviation[i] + labels.Mean[i])] };
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target) => output.Zip(target, (one, other) => (one - other) * (one - other))
        .Average();

    internal override double[] Target(SequenceTask task, int outputs, RandomStream random) =>
        [.. Enumerable.Range(0, outputs).Select(_ => (double)(float)Normal(random))];
}

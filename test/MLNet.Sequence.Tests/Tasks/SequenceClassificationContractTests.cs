namespace MLNet.Sequence.Tests.Tasks;

[TestClass]
public sealed class SequenceClassificationContractTests : TaskContract
{
    public override IEnumerable<SequenceTask> Forms =>
    [
        new SequenceClassification { Input = Features, Pooling = PoolingKind.Mean, LongestSequence = 9, Classes = 3, ClassValues = ["x", "y", "z"],
            ClassValueType = "String" },
        new SequenceClassification { Input = Tokens(), Pooling = PoolingKind.LastStep, LongestSequence = 9, Classes = 2, PredictedLabelColumnName = "Class",
            ScoreColumnName = "Shares" },
    ];

    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        var task = (SequenceClassification)@case.Task;
        return new() { [task.PredictedLabelColumnName] = [Largest(@case.Given[0]) + 1], [task.ScoreColumnName] = Shares(@case.Given[0]) };
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target) => -Math.Log(Shares(output)[(int)target[0]]);

    internal override double[] Target(SequenceTask task, int outputs, RandomStream random) => [random.NextInt64(outputs)];
}

namespace MLNet.Sequence.Tests.Tasks;

[TestClass]
public sealed class SequenceBinaryClassificationContractTests : TaskContract
{
    public override IEnumerable<SequenceTask> Forms =>
        [new SequenceBinaryClassification { Input = Features, Pooling = PoolingKind.Max, LongestSequence = 9 }];

    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        double logit = @case.Given[0][0];
        return new() { ["PredictedLabel"] = [logit > 0 ? 1 : 0], ["Score"] = [logit], ["Probability"] = [Sigmoid(logit)] };
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target) =>
        -Math.Log(target[0] == 1 ? Sigmoid(output[0]) : 1 - Sigmoid(output[0]));

    internal override double[] Target(SequenceTask task, int outputs, RandomStream random) => [random.NextInt64(2)];
}

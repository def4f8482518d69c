namespace MLNet.Sequence.Tests.Tasks;

[TestClass]
public sealed class NextStepContractTests : TaskContract
{
    public override IEnumerable<SequenceTask> Forms =>
    [
        new NextStep { Input = Features, Kind = StepKind.Real, LongestSequence = 9 },
        new NextStep { Input = Features, Kind = StepKind.MultiLabel, LongestSequence = 9, PredictionColumnName = "Keys" },
        new NextStep { Input = Tokens(), Kind = StepKind.Token, LongestSequence = 9 },
        new NextStep { Input = Tokens(named: true), Kind = StepKind.Token, LongestSequence = 9, AdaptiveSoftmax = [2, 4], LossColumnName = "Nats" },
    ];

    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        var task = (NextStep)@case.Task;
        double[] last = @case.Given[^1];
        double loss = @case.Given.SkipLast(1).Zip(@case.Seen.Skip(1), (output, next) => Cost(task, output, next)).Average();
        return task.Kind switch
        {
            StepKind.Real => new()
            {
                [task.PredictionColumnName] = [.. last.Select((value, i) => value * @case.Model.Scaling.Pooled.Deviation[i]
                    + @case.Model.Scaling.Pooled.Mean[i])],
                [task.LossColumnName] = [loss],
            },
            StepKind.MultiLabel => new() { [task.PredictionColumnName] = [.. last.Select(Sigmoid)], [task.LossColumnName] = [loss] },
            _ => new() { [task.PredictionColumnName] = [Largest(last) + 1], [task.ScoreColumnName] = Shares(last), [task.LossColumnName] = [loss] },
        };
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target) => ((NextStep)task).Kind switch
    {
        StepKind.Real => output.Zip(target, (one, other) => (one - other) * (one - other)).Average(),
        StepKind.MultiLabel => -output.Zip(target, (logit, bit) => Math.Log(bit == 1 ? Sigmoid(logit) : 1 - Sigmoid(logit))).Sum(),
        _ => -Math.Log(Shares(output)[(int)target[0]]),
    };

    internal override double[] Target(SequenceTask task, int outputs, RandomStream random) => ((NextStep)task).Kind switch
    {
        StepKind.Real => [.. Enumerable.Range(0, outputs).Select(_ => (double)(float)Normal(random))],
        StepKind.MultiLabel => [.. Enumerable.Range(0, outputs).Select(_ => (double)random.NextInt64(2))],
        _ => [random.NextInt64(outputs)],
    };
}

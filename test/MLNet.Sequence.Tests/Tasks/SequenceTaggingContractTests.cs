namespace MLNet.Sequence.Tests.Tasks;

[TestClass]
public sealed class SequenceTaggingContractTests : TaskContract
{
    private const int Tags = 3;

    public override IEnumerable<SequenceTask> Forms =>
    [
        new SequenceTagging { Input = Features, LongestSequence = 9, Tags = Tags, TagValues = ["B", "I", "O"], TagValueType = "String" },
        new SequenceTagging { Input = Tokens(), LongestSequence = 9, Tags = Tags, Decoding = TagDecoding.Chain },
    ];

    // With a chain, every sequence of tags is tried.
    internal override Dictionary<string, double[]> Expected(TaskCase @case)
    {
        double[][] scores = @case.Given;
        if (@case.Task.ChainPath is not { } path)
        {
            return new()
            {
                ["PredictedLabels"] = [.. scores.Select(step => Largest(step) + 1.0)],
                ["Scores"] = [.. scores.SelectMany(Shares)],
            };
        }

        double[] Own(string name) => Close.Doubles(@case.Model.Weights[$"{path}.{name}"].Values);
        (double[] transitions, double[] first, double[] last) = (Own("transitions"), Own("first"), Own("last"));
        int[][] all = [.. Sequences(scores.Length)];
        double[] shares = Shares([.. all.Select(tags => first[tags[0]] + last[tags[^1]] + tags.Select((tag, step) => scores[step][tag]).Sum()
            + tags.Zip(tags.Skip(1), (from, to) => transitions[from * Tags + to]).Sum())]);
        return new()
        {
            ["PredictedLabels"] = [.. all[Largest(shares)].Select(tag => tag + 1.0)],
            ["Scores"] = [.. Enumerable.Range(0, scores.Length * Tags)
                .Select(i => all.Zip(shares).Where(one => one.First[i / Tags] == i % Tags).Sum(one => one.Second))],
        };
    }

    internal override double Cost(SequenceTask task, double[] output, double[] target) =>
        output.Chunk(Tags).Zip(target, (scores, tag) => -Math.Log(Shares(scores)[(int)tag])).Average();

    internal override double[] Target(SequenceTask task, int outputs, RandomStream random) =>
        [.. Enumerable.Range(0, outputs / Tags).Select(_ => (double)random.NextInt64(Tags))];

    private static IEnumerable<int[]> Sequences(int steps) =>
        steps == 0 ? [[]] : Sequences(steps - 1).SelectMany(before => Enumerable.Range(0, Tags).Select(tag => (int[])[.. before, tag]));
}

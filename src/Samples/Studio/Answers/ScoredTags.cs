using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>The actual tags of test sequences and those that a model gives, step by step.</summary>
internal sealed class ScoredTags
{
    private const int MostSteps = 400;

    private readonly uint[][] _actual, _predicted;
    private readonly StepSequence[] _shown;

    /// <param name="scored">The test rows, scored.</param>
    /// <param name="shown">The first of these rows as sequences, for examples.</param>
    public ScoredTags(IDataView scored, StepSequence[] shown)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Tags"].GetKeyValues(ref names);
        Names = [.. names.DenseValues().Select(name => name.ToString())];
        (_actual, _predicted) = (Keys(scored, "Tags"), Keys(scored, "PredictedLabels"));
        _shown = shown;
    }

    public string[] Names { get; }

    /// <summary>Each step as a classified row.</summary>
    public IReadOnlyList<ClassifiedRow> Steps => [.. _actual.Zip(_predicted).SelectMany(row =>
        row.First.Zip(row.Second, (actual, predicted) => new ClassifiedRow((int)actual - 1, (int)predicted - 1, double.NaN)))];

    /// <summary>The first sequences, some hundred steps of each.</summary>
    public IEnumerable<TaggedExample> Examples => _shown.Select((sequence, i) => new TaggedExample(sequence.Name,
        [.. Enumerable.Range(0, Math.Min(MostSteps, sequence.Length)).Select(step => new TaggedStep(
            sequence.Tokens.Length > 0 ? sequence.Tokens[step] : null, sequence.Tags[step], Names[_predicted[i][step] - 1]))])
    {
        StepsLeftOut = Math.Max(0, sequence.Length - MostSteps),
    });

    private static uint[][] Keys(IDataView scored, string column) => [.. scored.GetColumn<uint[]>(column)];
}

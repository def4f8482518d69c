using System.Globalization;
using System.Text;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>
/// The quality of tags: of single steps, and of the spans that they mark (<see cref="TagSpans"/>). A span counts as found if its first
/// step, last step and label are correct.
/// </summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class SequenceTagMetrics : IReport
{
    private static readonly string[] Measures = [nameof(TokenAccuracy), nameof(Precision), nameof(Recall), nameof(F1)];

    internal SequenceTagMetrics(IReadOnlyList<(string[] Actual, string[] Predicted)> rows, BootstrapOptions? bootstrap = null)
    {
        TagCounts[] counts = [.. rows.Select(TagCounts.Of)];
        Count = rows.Count;
        Steps = counts.Sum(row => row.Steps);
        TagCounts all = TagCounts.Sum(counts);
        TokenAccuracy = all.TokenAccuracy;
        Overall = all.Spans("overall");
        PerLabel = [.. Labels(rows)];
        Intervals = Bootstrap.Intervals(bootstrap, rows.Count, Measures, drawn =>
        {
            TagCounts sample = TagCounts.Sum(drawn.Select(row => counts[row]));
            ClassScores spans = sample.Spans("");
            return [sample.TokenAccuracy, spans.Precision, spans.Recall, spans.F1];
        });
    }

    /// <summary>The number of sequences with tags that were evaluated; at least 1.</summary>
    public long Count { get; }

    /// <summary>The number of steps that have a tag, over all sequences; at least 1.</summary>
    public long Steps { get; }

    /// <summary>The share of steps whose tag is predicted correctly, 0 to 1.</summary>
    public double TokenAccuracy { get; }

    /// <summary>Precision, recall and F1 over all spans of all labels.</summary>
    public ClassScores Overall { get; }

    /// <summary>The share of predicted spans that are correct, 0 to 1.</summary>
    public double Precision => Overall.Precision;

    /// <summary>The share of actual spans that are predicted, 0 to 1.</summary>
    public double Recall => Overall.Recall;

    /// <summary>The harmonic mean of precision and recall, over all spans together.</summary>
    public double F1 => Overall.F1;

    /// <summary>The scores of the spans of each label, by name.</summary>
    public IReadOnlyList<ClassScores> PerLabel { get; }

    /// <summary>
    /// The intervals of token accuracy, precision, recall and F1, by the names of their properties; empty if none were requested.
    /// </summary>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals { get; }

    ReportContent IReport.Content => MetricsContent.Of(this);

    /// <summary>The measures, and a table of the labels, in the invariant culture.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Count} sequences, {Steps} steps, {Overall.Count} spans");
        AlignedTable.Print(
            [
                AlignedTable.Measure("token accuracy", TokenAccuracy, Intervals, nameof(TokenAccuracy)),
                AlignedTable.Measure("span precision", Precision, Intervals, nameof(Precision)),
                AlignedTable.Measure("span recall", Recall, Intervals, nameof(Recall)),
                AlignedTable.Measure("span F1", F1, Intervals, nameof(F1)),
            ],
            text);
        AlignedTable.Print([ClassScores.Header("label", "spans"), .. PerLabel.Select(scores => scores.Cells())], text);
        return text.ToString();
    }

    private static IEnumerable<ClassScores> Labels(IReadOnlyList<(string[] Actual, string[] Predicted)> rows)
    {
        var counts = new SortedDictionary<string, long[]>(StringComparer.Ordinal); // correct, predicted, actual
        long[] Of(string label) => counts.TryGetValue(label, out long[]? known) ? known : counts[label] = new long[3];
        foreach ((string[] actual, string[] predicted) in rows)
        {
            HashSet<TagSpan> spans = [.. TagSpans.Of(actual)];
            foreach (TagSpan span in spans)
                Of(span.Label)[2]++;
            foreach (TagSpan span in TagSpans.Of(predicted))
            {
                Of(span.Label)[1]++;
                Of(span.Label)[0] += spans.Contains(span) ? 1 : 0;
            }
        }

        return counts.Select(label => ClassScores.Of(label.Key, label.Value[0], label.Value[1], label.Value[2]));
    }
}

/// <summary>Counts of actual, predicted and correctly predicted spans and steps in some sequences.</summary>
internal readonly record struct TagCounts(long Steps, long RightSteps, long Actual, long Predicted, long Right)
{
    public double TokenAccuracy => (double)RightSteps / Steps;

    public static TagCounts Of((string[] Actual, string[] Predicted) row)
    {
        HashSet<TagSpan> spans = [.. TagSpans.Of(row.Actual)];
        TagSpan[] found = [.. TagSpans.Of(row.Predicted)];
        return new TagCounts(row.Actual.Length, row.Actual.Zip(row.Predicted).Count(step => step.First == step.Second), spans.Count, found.Length,
            found.Count(spans.Contains));
    }

    public static TagCounts Sum(IEnumerable<TagCounts> counts) => counts.Aggregate(default(TagCounts), (sum, next) => new TagCounts(
        sum.Steps + next.Steps, sum.RightSteps + next.RightSteps, sum.Actual + next.Actual, sum.Predicted + next.Predicted, sum.Right + next.Right));

    public ClassScores Spans(string name) => ClassScores.Of(name, Right, Predicted, Actual);
}

using System.Globalization;
using System.Text;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>How far predicted numbers are from the labels, each in its own unit.</summary>
/// <param name="Name">The name of one of a label's numbers; "overall" for the mean over all.</param>
/// <param name="MeanAbsoluteError">The mean of |prediction − label|, in the label's unit; 0 to ∞.</param>
/// <param name="MeanSquaredError">The mean of (prediction − label)², in the square of the label's unit; 0 to ∞.</param>
/// <param name="RSquared">
/// 1 − squared errors / the labels' squared distances from their mean: 1 is perfect, 0 as good as that mean. NaN if all labels are the same.
/// </param>
public sealed record NumberScores(string Name, double MeanAbsoluteError, double MeanSquaredError, double RSquared)
{
    /// <summary>The square root of <see cref="MeanSquaredError"/>, in the label's unit; 0 to ∞.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    internal string[] Cells() =>
        [Name, Text(MeanAbsoluteError), Text(MeanSquaredError), Text(RootMeanSquaredError), AlignedTable.Number(RSquared)];

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}

/// <summary>The quality of a regression whose labels are numbers or vectors of numbers.</summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class SequenceRegressionMetrics : IReport
{
    private static readonly string[] Measures =
        [nameof(NumberScores.MeanAbsoluteError), nameof(NumberScores.RootMeanSquaredError), nameof(NumberScores.RSquared)];

    internal SequenceRegressionMetrics(IReadOnlyList<string> names, IReadOnlyList<(float[] Label, float[] Score)> rows, long leftOut = 0,
        BootstrapOptions? bootstrap = null)
    {
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        (Count, LeftOut) = (rows.Count, leftOut);
        PerNumber = [.. names.Select((name, i) => Score(name, i, rows, all))];
        Overall = Mean(PerNumber);
        Intervals = Bootstrap.Intervals(bootstrap, rows.Count, Measures, drawn =>
        {
            NumberScores sample = Mean([.. names.Select((name, i) => Score(name, i, rows, drawn))]);
            return [sample.MeanAbsoluteError, sample.RootMeanSquaredError, sample.RSquared];
        });
    }

    /// <summary>The number of sequences; at least 1.</summary>
    public long Count { get; }

    /// <summary>The number of rows without a label or without a score.</summary>
    public long LeftOut { get; }

    /// <summary>The mean over the numbers of a label, with the same weight for each in its own unit.</summary>
    public NumberScores Overall { get; }

    /// <summary>The scores of each number of a label, in their order.</summary>
    public IReadOnlyList<NumberScores> PerNumber { get; }

    /// <summary>The intervals of the overall MAE, RMSE and R², by the names of their properties; empty if none were requested.</summary>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals { get; }

    ReportContent IReport.Content => MetricsContent.Of(this);

    /// <summary>A table in the invariant culture: overall, and each number if there are several.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Count} sequences ({LeftOut} left out), {PerNumber.Count} numbers each");
        AlignedTable.Print(
            [["", "MAE", "MSE", "RMSE", "R squared"], Overall.Cells(), .. PerNumber.Count > 1 ? PerNumber.Select(scores => scores.Cells()) : []], text);
        foreach ((string name, ConfidenceInterval interval) in Intervals)
            text.AppendLine(CultureInfo.InvariantCulture, $"{name} in {interval}");
        return text.ToString();
    }

    private static NumberScores Mean(IReadOnlyList<NumberScores> scores) => new(
        "overall", scores.Average(one => one.MeanAbsoluteError), scores.Average(one => one.MeanSquaredError), scores.Average(one => one.RSquared));

    private static NumberScores Score(string name, int index, IReadOnlyList<(float[] Label, float[] Score)> rows, int[] drawn)
    {
        double mean = drawn.Average(row => (double)rows[row].Label[index]);
        double absolute = 0, squared = 0, spread = 0;
        foreach (int row in drawn)
        {
            double label = rows[row].Label[index], error = rows[row].Score[index] - label;
            absolute += Math.Abs(error);
            squared += error * error;
            spread += (label - mean) * (label - mean);
        }

        return new NumberScores(name, absolute / drawn.Length, squared / drawn.Length, spread > 0 ? 1 - squared / spread : double.NaN);
    }
}

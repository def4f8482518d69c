using System.Globalization;
using System.Text;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>How well one class is found among all: precision, recall and F1.</summary>
/// <param name="Name">The class's value as text, or the label of spans.</param>
/// <param name="Precision">The share of predictions of this class that are correct; 0 if there are none.</param>
/// <param name="Recall">The share of this class that is predicted as this class; 0 if the class does not occur.</param>
/// <param name="Count">The number of rows, steps or spans with this label; 0 or more.</param>
public sealed record ClassScores(string Name, double Precision, double Recall, long Count)
{
    /// <summary>The harmonic mean of precision and recall; 0 if both are 0.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <param name="name">The class or label.</param>
    /// <param name="right">The number of correct predictions.</param>
    /// <param name="called">The number of predictions.</param>
    /// <param name="count">The number of occurrences.</param>
    internal static ClassScores Of(string name, long right, long called, long count) =>
        new(name, called > 0 ? (double)right / called : 0, count > 0 ? (double)right / count : 0, count);

    /// <summary>The columns of a table.</summary>
    internal static string[] Header(string what, string count) => [what, "precision", "recall", "F1", count];

    internal string[] Cells() =>
        [Name, AlignedTable.Number(Precision), AlignedTable.Number(Recall), AlignedTable.Number(F1), Count.ToString(CultureInfo.InvariantCulture)];
}

/// <summary>Adds to ML.NET's classification metrics: F1, Cohen's κ, a table of the classes, confidence intervals.</summary>
/// <remarks>Means over classes ("macro") are over the classes that occur, as labels or as predictions.</remarks>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class SequenceClassificationMetrics : IReport
{
    private static readonly string[] Measures = [nameof(Accuracy), nameof(MacroF1), nameof(CohenKappa), nameof(LogLoss)];

    internal SequenceClassificationMetrics(IReadOnlyList<string> classes, IReadOnlyList<ClassifiedRow> rows, long leftOut = 0,
        BootstrapOptions? bootstrap = null)
    {
        var confusion = new Confusion(classes.Count);
        foreach (ClassifiedRow row in rows)
            confusion.Add(row);
        Classes = classes;
        (Count, LeftOut) = (rows.Count, leftOut);
        (Accuracy, CohenKappa, LogLoss) = (confusion.Accuracy, confusion.CohenKappa, confusion.LogLoss);
        PerClass = [.. classes.Select((name, i) => confusion.Scores(name, i))];
        ClassScores[] occurring = [.. PerClass.Where((_, i) => confusion.Occurs(i))];
        MacroPrecision = occurring.Average(scores => scores.Precision);
        MacroRecall = occurring.Average(scores => scores.Recall);
        MacroF1 = confusion.MacroF1;
        ConfusionMatrix = confusion.Matrix;
        Intervals = Bootstrap.Intervals(bootstrap, rows.Count, Measures, drawn =>
        {
            var sample = new Confusion(classes.Count);
            foreach (int row in drawn)
                sample.Add(rows[row]);
            return [sample.Accuracy, sample.MacroF1, sample.CohenKappa, sample.LogLoss];
        });
    }

    /// <summary>The classes by their values as text, in the order of <see cref="PerClass"/> and <see cref="ConfusionMatrix"/>.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The number of sequences; at least 1.</summary>
    public long Count { get; }

    /// <summary>The number of rows without a label or without a prediction.</summary>
    public long LeftOut { get; }

    /// <summary>The share of sequences whose class is predicted correctly, 0 to 1.</summary>
    public double Accuracy { get; }

    /// <summary>F1 over all decisions together: with one class for each sequence, the same as <see cref="Accuracy"/>.</summary>
    public double MicroF1 => Accuracy;

    /// <summary>The mean of F1 over the classes, with the same weight for each, 0 to 1.</summary>
    public double MacroF1 { get; }

    /// <summary>The mean of precision over the classes, with the same weight for each, 0 to 1.</summary>
    public double MacroPrecision { get; }

    /// <summary>The mean of the classes' recall, 0 to 1: ML.NET's macro accuracy if every class occurs as a label.</summary>
    public double MacroRecall { get; }

    /// <summary>
    /// κ = (accuracy − chance) / (1 − chance), where chance is the agreement of guesses in the same proportions; −1 to 1, 0
    /// for guessing (Cohen, "A coefficient of agreement for nominal scales", 1960). NaN where chance is 1.
    /// </summary>
    public double CohenKappa { get; }

    /// <summary>The mean of −ln of the predicted probability of the actual class, 0 to ∞; NaN if there are no probabilities.</summary>
    public double LogLoss { get; }

    /// <summary>Precision, recall and F1 of each class, in the order of <see cref="Classes"/>.</summary>
    public IReadOnlyList<ClassScores> PerClass { get; }

    /// <summary>The number of sequences of each actual class (first index) with each predicted class (second index).</summary>
    public IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix { get; }

    /// <summary>The intervals of accuracy, macro F1, κ and log-loss, by the names of their properties; empty if none were requested.</summary>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals { get; }

    ReportContent IReport.Content => MetricsContent.Of(this);

    /// <summary>The measures, and a table of the classes, in the invariant culture.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Count} sequences ({LeftOut} left out), {Classes.Count} classes");
        AlignedTable.Print(
            [
                AlignedTable.Measure("accuracy (micro F1)", Accuracy, Intervals, nameof(Accuracy)),
                AlignedTable.Measure("macro F1", MacroF1, Intervals, nameof(MacroF1)),
                AlignedTable.Measure("Cohen's kappa", CohenKappa, Intervals, nameof(CohenKappa)),
                AlignedTable.Measure("log-loss", LogLoss, Intervals, nameof(LogLoss)),
            ],
            text);
        AlignedTable.Print([ClassScores.Header("class", "count"), .. PerClass.Select(scores => scores.Cells())], text);
        return text.ToString();
    }
}

/// <summary>A sequence's class, the predicted class, and −ln of the predicted probability of its class.</summary>
internal readonly record struct ClassifiedRow(int Actual, int Predicted, double Loss);

/// <summary>Counts of classes and predictions, and the measures computed from them.</summary>
internal sealed class Confusion
{
    private readonly long[][] _counts;
    private readonly long[] _actual, _predicted;
    private double _losses;
    private long _count, _right;

    public Confusion(int classes)
    {
        _counts = [.. Enumerable.Range(0, classes).Select(_ => new long[classes])];
        (_actual, _predicted) = (new long[classes], new long[classes]);
    }

    public IReadOnlyList<IReadOnlyList<long>> Matrix => _counts;

    public double Accuracy => (double)_right / _count;

    public double LogLoss => _losses / _count;

    public double CohenKappa
    {
        get
        {
            double chance = _actual.Zip(_predicted, (actual, predicted) => (double)actual * predicted).Sum() / ((double)_count * _count);
            return (Accuracy - chance) / (1 - chance);
        }
    }

    public double MacroF1 => Enumerable.Range(0, _actual.Length).Where(Occurs).Average(i => Scores("", i).F1);

    public void Add(ClassifiedRow row)
    {
        _counts[row.Actual][row.Predicted]++;
        _actual[row.Actual]++;
        _predicted[row.Predicted]++;
        _losses += row.Loss;
        _count++;
        _right += row.Actual == row.Predicted ? 1 : 0;
    }

    public bool Occurs(int index) => _actual[index] + _predicted[index] > 0;

    public ClassScores Scores(string name, int index) => ClassScores.Of(name, _counts[index][index], _predicted[index], _actual[index]);
}

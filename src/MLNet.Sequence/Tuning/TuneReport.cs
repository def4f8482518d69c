using System.Text;
using Microsoft.ML;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;
using MLNet.Sequence.Tuning;

namespace MLNet.Sequence;

/// <summary>What a search found: all trials, the best of them, and its model, fitted on all rows.</summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class TuneReport : IReport, IDisposable
{
    internal TuneReport(IReadOnlyList<TuneTrial> trials, TuneTrial best, string metric) => (Trials, Best, Metric) = (trials, best, metric);

    /// <summary>All trials that were trained, the best first: those of a later rung before those of an earlier one, then by loss.</summary>
    public IReadOnlyList<TuneTrial> Trials { get; }

    /// <summary>The trial with the lowest loss among those that were trained longest.</summary>
    public TuneTrial Best { get; }

    /// <summary>The name of the measure that decided.</summary>
    public string Metric { get; }

    /// <summary>
    /// The options of the best forecaster, for its trainer: <c>ml.Forecasting.Trainers.Sequence(report.Best.Settings.Architecture, report.Options)</c>.
    /// </summary>
    public required ForecastingOptions Options { get; init; }

    /// <summary>The best forecaster, or its chain, fitted on all rows for all epochs.</summary>
    public required ITransformer Model { get; init; }

    /// <summary>Whether all rungs were trained, or the time was over.</summary>
    public required string StoppedBecause { get; init; }

    ReportContent IReport.Content => TuneContent.Of(this);

    /// <summary>A line for each trial, the best first, in the invariant culture.</summary>
    public override string ToString()
    {
        ReportContent content = TuneContent.Of(this);
        StringBuilder text = new StringBuilder().AppendLine(content.Summary);
        AlignedTable.Print(content.Tables[0], text);
        return text.ToString();
    }

    /// <summary>Frees the native memory of <see cref="Model"/>.</summary>
    public void Dispose() => (Model as IDisposable)?.Dispose();
}

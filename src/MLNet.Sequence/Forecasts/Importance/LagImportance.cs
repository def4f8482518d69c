using System.Globalization;
using System.Text;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>The change of a forecaster's error when one input is taken from another window, at some lags or at all.</summary>
/// <param name="Input">What was permuted: a channel of the past, or a value ahead or of the series.</param>
/// <param name="Part">
/// Which of its values: "all"; lags, such as "1" or "5–8", where 1 is the last step of the context, whose value of a target is its difference if the task
/// has any; "ahead" for a known input in the steps to
/// forecast; "static" for a value of the series.
/// </param>
/// <param name="Change">
/// The mean squared error with these values permuted minus the error without, in squared standard deviations of the series, or of its differences
/// (<see cref="Forecasting.Differencing"/>); the mean over permutations.
/// </param>
/// <param name="StandardDeviation">The standard deviation of that difference over the permutations; 0 for a single permutation.</param>
public sealed record LagImportance(string Input, string Part, double Change, double StandardDeviation);

/// <summary>Which inputs a forecaster uses, and how far back: permutation importance, input by input and lag by lag.</summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class LagImportanceReport : IReport
{
    /// <summary>
    /// The mean squared error on the windows as they are, in squared standard deviations of the series, or of its differences
    /// (<see cref="Forecasting.Differencing"/>).
    /// </summary>
    public required double Error { get; init; }

    /// <summary>How many windows were forecast, each with every change; at least 2.</summary>
    public required int Windows { get; init; }

    /// <summary>The changes: of each input first all its values, then its lags, the latest first, then the values ahead.</summary>
    public required IReadOnlyList<LagImportance> Changes { get; init; }

    /// <summary>The steps before a value that its difference needs; 0: targets are no differences.</summary>
    internal int Lag { get; init; }

    private string Unit => Lag == 0 ? "of the series" : "of the differences of the series";

    // A difference is of several values.
    private string Reads => Lag == 0 ? ""
        : FormattableString.Invariant($" A lag of a target is its difference, which is of values up to {Lag} steps further back.");

    ReportContent IReport.Content => new("Importance of inputs and lags")
    {
        Summary = string.Create(CultureInfo.InvariantCulture, $"Mean squared error {Error:G4} on {Windows} windows, in squared standard deviations {Unit}. The "
            + $"change is that of this error if the values are those of another window.{Reads}"),
        Tables =
        [
            new("Changes",
                new TextColumn("input", [.. Changes.Select(change => change.Input)]),
                new TextColumn("lags", [.. Changes.Select(change => change.Part)]),
                new NumberColumn("change", Changes.Select(change => change.Change), "G4"),
                new NumberColumn("deviation", Changes.Select(change => change.StandardDeviation), "G3")),
        ],
    };

    /// <summary>A line for each input and group of lags, in the invariant culture.</summary>
    public override string ToString()
    {
        ReportContent content = ((IReport)this).Content;
        StringBuilder text = new StringBuilder().AppendLine(content.Summary);
        AlignedTable.Print(content.Tables[0], text);
        return text.ToString();
    }
}

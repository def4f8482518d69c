using MLNet.Sequence.Memory;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>A model over its last steps, and its error, in the units of the model's output.</summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record TruncationReport : IReport
{
    /// <summary>The model over its last steps; the model itself if it reads no more.</summary>
    public required SequenceModel Model { get; init; }

    /// <summary>The number of last steps that an output sees, the present one included; at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>
    /// The error: at most this for all data that the certificate covers if <see cref="Certified"/>; otherwise <see cref="LargestError"/>.
    /// </summary>
    public required double Bound { get; init; }

    /// <summary>The largest error on the data: measured, not proved.</summary>
    public required double LargestError { get; init; }

    /// <summary>
    /// Whether <see cref="Bound"/> is proved. It is not if the model's memory is not certified, or if an example of the data is outside the
    /// range that its certificate assumes.
    /// </summary>
    public required bool Certified { get; init; }

    /// <summary>
    /// Whether the model still reads its whole context for the level and scale of the window
    /// (<see cref="MemoryCertificate.KeepsWindowStatistics"/>): only the layers after the normalisation are restricted to the last steps.
    /// </summary>
    public bool KeepsWindowStatistics { get; init; }

    /// <summary>The number of examples on which the error was measured.</summary>
    public int Examples { get; init; }

    /// <summary>The number of these examples with an input outside the range that the certificate assumes.</summary>
    public int ExamplesOutside { get; init; }

    ReportContent IReport.Content => MemoryContent.Of(this);

    /// <summary>Steps, bound and largest error in a few sentences; in the invariant culture.</summary>
    public override string ToString()
    {
        string error = FormattableString.Invariant(Certified
            ? (FormattableString)$"an error of at most {Bound:G4}, certified; the largest on the data is {LargestError:G4}."
            : $"an error of at most {Bound:G4} on the data; measured, not proved.");
        string outside = ExamplesOutside == 0 ? "" : FormattableString.Invariant(
            $" {ExamplesOutside} of {Examples} examples have an input outside the range of the training rows, for which nothing is certified.");
        string kept = KeepsWindowStatistics ? " Level and scale of a window still read its whole context." : "";
        return $"The last {Steps} steps: {error}{outside}{kept}";
    }
}

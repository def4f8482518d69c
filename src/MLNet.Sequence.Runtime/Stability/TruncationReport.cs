using MLNet.Sequence.Model;

namespace MLNet.Sequence.Stability;

/// <summary>A model over its last steps, and what is known of its error, in the units of what the model gives.</summary>
public sealed record TruncationReport
{
    /// <summary>The model over its last steps; the model itself where it reads no more.</summary>
    public required SequenceModel Model { get; init; }

    /// <summary>The number of last steps.</summary>
    public required int Steps { get; init; }

    /// <summary>What no error exceeds: proved for all data if <see cref="Certified"/>, else measured on the data.</summary>
    public required double Bound { get; init; }

    /// <summary>The largest error on the data.</summary>
    public required double LargestError { get; init; }

    /// <summary>Whether <see cref="Bound"/> is proved.</summary>
    public required bool Certified { get; init; }

    /// <summary>All of it in a sentence.</summary>
    public override string ToString() => FormattableString.Invariant(Certified
        ? (FormattableString)$"The last {Steps} steps: an error of at most {Bound:G4}, certified; the largest on the data is {LargestError:G4}."
        : $"The last {Steps} steps: an error of at most {Bound:G4} on the data; measured, not proved.");
}

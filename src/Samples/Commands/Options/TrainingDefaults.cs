using MLNet.Sequence.Data;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>How models are trained where the user says nothing.</summary>
internal sealed record TrainingDefaults
{
    /// <summary>Of windows of a series.</summary>
    public static TrainingDefaults Windows { get; } = new() { Stride = (Usual: 1, Quick: 4) };

    /// <summary>Of windows of a series by several architectures.</summary>
    public static TrainingDefaults Compared { get; } = Windows with { TriesRates = true };

    /// <summary>Whether each model is tried with several learning rates where none is named.</summary>
    public bool TriesRates { get; init; }

    public int Epochs { get; init; } = 20;

    public int QuickEpochs { get; init; } = 4;

    /// <summary>Rows between neighbouring windows; null: rows hold whole sequences, and there is no such option.</summary>
    public (int Usual, int Quick)? Stride { get; init; }

    public int BatchSize { get; init; } = 32;

    public float LearningRate { get; init; } = 1e-3f;

    // Few steps must go further.
    public float QuickLearningRate { get; init; } = 2e-3f;

    public int Patience { get; init; } = 3;
}

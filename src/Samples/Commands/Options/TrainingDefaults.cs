using MLNet.Sequence.Data;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>The defaults of training.</summary>
internal sealed record TrainingDefaults
{
    /// <summary>For windows of series.</summary>
    public static TrainingDefaults Windows { get; } = new() { Stride = (Usual: 1, Quick: 4) };

    /// <summary>For a comparison of several architectures on windows of series.</summary>
    public static TrainingDefaults Compared { get; } = Windows with { TriesRates = true };

    /// <summary>Whether each model is tried with several learning rates if none is given.</summary>
    public bool TriesRates { get; init; }

    public int Epochs { get; init; } = 20;

    public int QuickEpochs { get; init; } = 4;

    /// <summary>Rows between neighbouring windows; null: each row holds a whole sequence, and there is no such option.</summary>
    public (int Usual, int Quick)? Stride { get; init; }

    public int BatchSize { get; init; } = 32;

    public double LearningRate { get; init; } = 1e-3;

    // Few steps need a higher rate.
    public double QuickLearningRate { get; init; } = 2e-3;

    public int Patience { get; init; } = 3;
}

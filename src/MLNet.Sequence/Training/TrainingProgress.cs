namespace MLNet.Sequence;

/// <summary>The progress of training, reported several times in an epoch and at its end.</summary>
public sealed record TrainingProgress
{
    /// <summary>The number of the current epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The number of epochs, if nothing stops training earlier.</summary>
    public required int Epochs { get; init; }

    /// <summary>The number of batches done so far in this epoch.</summary>
    public required long Batch { get; init; }

    /// <summary>The number of batches that an epoch has.</summary>
    public required long Batches { get; init; }

    /// <summary>The number of optimiser steps since the start of training.</summary>
    public required long Step { get; init; }

    /// <summary>Mean loss so far in this epoch, per example or per step as <see cref="EpochReport.Loss"/>.</summary>
    public required double Loss { get; init; }

    /// <summary>The rate of the last step, from the schedule.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The gradient's norm in the last step, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Training examples per second in this epoch so far, as <see cref="EpochReport.SamplesPerSecond"/>.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The time that the remaining epochs would take at this speed.</summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>At the end of an epoch its report, including validation; null inside an epoch.</summary>
    public EpochReport? Finished { get; init; }
}

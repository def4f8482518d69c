using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Stability;

/// <summary>An architecture in a comparison, and all that was measured of it.</summary>
public sealed record ComparedModel
{
    /// <summary>The architecture's saved name, with a number where there are several of it.</summary>
    public required string Name { get; init; }

    /// <summary>The model of the first round.</summary>
    public required SequenceModel Model { get; init; }

    /// <summary>Whether the backbone's receptive field is bounded.</summary>
    public required bool IsFeedForward { get; init; }

    /// <summary>Whether it is recurrent and a bound of its memory is proved: stable.</summary>
    public bool IsStable => !IsFeedForward && Certificate.IsCertified;

    /// <summary>What is proved about the memory of the first round's model.</summary>
    public MemoryCertificate Certificate => Model.Certificate;

    /// <summary>The scores of the first round's model on the test rows.</summary>
    public required ForecastingMetrics Metrics { get; init; }

    /// <summary>The mean squared error on the test rows in standardised units, mean over rounds.</summary>
    public required double Error { get; init; }

    /// <summary>The lower end of the interval of <see cref="Error"/>.</summary>
    public required double ErrorLow { get; init; }

    /// <summary>The upper end of the interval of <see cref="Error"/>.</summary>
    public required double ErrorHigh { get; init; }

    /// <summary>The mean over rounds of the best validation loss: what models are chosen by; NaN without validation.</summary>
    public required double ValidationError { get; init; }

    /// <summary>Seconds of training, mean over rounds.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Microseconds of one step of a session over a growing series, in plain C#.</summary>
    public required double StepMicroseconds { get; init; }

    /// <summary>Whether a step costs the same however long the context is; otherwise the context is run anew at each step.</summary>
    public required bool StepsInConstantTime { get; init; }

    /// <summary>Windows of the test rows that a view scores per second.</summary>
    public required double WindowsPerSecond { get; init; }

    /// <summary>Bytes of weights, and of one series in a session.</summary>
    public required (long Weights, long Series) Memory { get; init; }

    /// <summary>How many steps it uses, measured on the test rows.</summary>
    public required HorizonReport Horizon { get; init; }
}

/// <summary>A forecast that needs no model, on the same windows.</summary>
/// <param name="Name">As "seasonal naive".</param>
/// <param name="Scores">Its scores.</param>
public sealed record ComparedBaseline(string Name, ForecastingScores Scores);

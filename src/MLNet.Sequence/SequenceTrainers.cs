using Microsoft.ML.Runtime;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;

namespace MLNet.Sequence;

/// <summary>Trainers of tasks that ML.NET has no catalog for: <c>ml.Sequence.Trainers</c>.</summary>
public sealed class SequenceTrainers
{
    private readonly IHostEnvironment _environment;

    internal SequenceTrainers(IHostEnvironment environment) => _environment = environment;

    /// <summary>Makes a trainer of a model that predicts each step of a row's sequence from those before it.</summary>
    /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Tcn { Channels = 150 }</c>.</param>
    /// <param name="options">What the steps are made of, where they are, and how the model is trained.</param>
    /// <exception cref="ArgumentException">Lists all that is wrong with the options and the architecture.</exception>
    public NextStepTrainer NextStep(Architecture architecture, NextStepOptions options) => new(_environment, architecture, options);
}

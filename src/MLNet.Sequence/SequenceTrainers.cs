using Microsoft.ML.Runtime;

namespace MLNet.Sequence;

/// <summary>Trainers of tasks that ML.NET has no catalog for: <c>ml.Sequence.Trainers</c>.</summary>
public sealed class SequenceTrainers
{
    private readonly IHostEnvironment _environment;

    internal SequenceTrainers(IHostEnvironment environment) => _environment = environment;

    /// <summary>Makes a trainer of a model that predicts each step of a row's sequence from those before it.</summary>
    /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Tcn { Channels = 150 }</c>.</param>
    /// <param name="options">The kind of the steps, their columns, and how the model is trained.</param>
    /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
    public NextStepTrainer NextStep(Architecture architecture, NextStepOptions options) => new(_environment, architecture, options);

    /// <summary>Makes a trainer of a model that predicts a sequence from another.</summary>
    /// <param name="architecture">The encoder–decoder's hyper-parameters, as <c>new EncoderDecoderTransformer { Channels = 128 }</c>.</param>
    /// <param name="options">The columns of pairs, how the model is trained, and how it searches for targets; null: default options.</param>
    /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
    public SequenceToSequenceTrainer SequenceToSequence(EncoderDecoder architecture, SequenceToSequenceOptions? options = null) =>
        new(_environment, architecture, options ?? new SequenceToSequenceOptions());

    /// <summary>Makes a trainer of a model that predicts each step of a row's sequence from those before it, with default options.</summary>
    /// <param name="architecture">The sequence model's hyper-parameters.</param>
    /// <param name="kind">The kind of a step: values of 0 and 1, numbers, or a token.</param>
    /// <param name="featureColumnName">The column of sequences: vectors of numbers or of keys. Default "Features".</param>
    /// <exception cref="ArgumentException">Lists every problem with the architecture.</exception>
    public NextStepTrainer NextStep(Architecture architecture, StepKind kind, string featureColumnName = "Features") =>
        NextStep(architecture, new NextStepOptions { Kind = kind, FeatureColumnName = featureColumnName });
}

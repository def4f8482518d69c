using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MLNet.Sequence;

/// <summary>What one epoch of training did and how good the model then was.</summary>
public sealed record EpochReport
{
    /// <summary>The epoch, from 1; 0 of what was solved in closed form, where there is no other.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimiser steps done by its end, from the start of training.</summary>
    public required long Step { get; init; }

    /// <summary>
    /// Mean training loss over the epoch: per example, by their weights where they have any, or where each step has a loss of its own
    /// (next steps, tags) per step.
    /// </summary>
    public required double Loss { get; init; }

    /// <summary>Mean validation loss after it, per example or per step as <see cref="Loss"/>; null without validation.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The task's other validation metrics by name; empty without validation.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = new ValueMap<double>(value); } = new ValueMap<double>([]);

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The mean over the epoch's steps of the gradient's Euclidean norm, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Seconds on the clock, of training and validation together.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds of it in which training waited for batches to be gathered.</summary>
    public double DataSeconds { get; init; }

    /// <summary>
    /// Training examples (windows, or rows that hold a sequence) per second of training time; of a sequence in chunks each chunk counts its
    /// part of the sequence.
    /// </summary>
    public required double SamplesPerSecond { get; init; }
}

/// <summary>How a model came to be. Saved with it.</summary>
public sealed record TrainingReport
{
    private readonly Part _options;

    /// <summary>Every epoch that was trained, first to last.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init => field = ValueList.Of(value); }

    /// <summary>What the losses are, of what, and in what unit; empty in models of older versions.</summary>
    public string LossName { get; init; } = "";

    /// <summary>The epoch whose weights the model has; 0 when training left the first weights the best, or there was nothing to train.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Why training ended, in a sentence.</summary>
    public required string StoppedBecause { get; init; }

    /// <summary>The seed that first weights, order and dropout follow from.</summary>
    public required long Seed { get; init; }

    /// <summary>The device that training ran on, as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The number of libtorch's threads, and how it was chosen, in words.</summary>
    public required string Threads { get; init; }

    /// <summary>Training examples: windows, or rows that hold a sequence.</summary>
    public required long TrainingExamples { get; init; }

    /// <summary>Validation examples, counted as <see cref="TrainingExamples"/>; 0 without validation.</summary>
    public required long ValidationExamples { get; init; }

    /// <summary>
    /// The part of the steps of the first epoch's batches that was padding, in [0, 1); null where no sequence can need any.
    /// </summary>
    public double? PaddedPart { get; init; }

    /// <summary>Seconds on the clock, of training and validation together.</summary>
    public required double Seconds { get; init; }

    /// <summary>The options of training as a JSON object, a property for each option.</summary>
    public required JsonElement Options { get => _options.Element; init => _options = new Part(value); }

    /// <summary>Names and versions of this library, TorchSharp, libtorch and .NET.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init => field = new ValueMap<string>(value); }

    /// <summary>A table of the epochs, and a line on how training ended.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("epoch      step          loss    validation          rate      gradient   seconds\n");
        foreach (EpochReport epoch in Epochs)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{epoch.Epoch,5}{(epoch.Epoch == BestEpoch ? '*' : ' ')}{epoch.Step,9}{epoch.Loss,14:G6}{epoch.ValidationLoss,14:G6}{epoch.LearningRate,14:G4}"
                    + $"{epoch.GradientNorm,14:G4}{epoch.Seconds,10:F2}");
        }

        if (LossName.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"Loss: {LossName}. ");
        return text.Append(CultureInfo.InvariantCulture,
            $"{StoppedBecause} {(Epochs is [{ Epoch: 0 }] ? "" : $"Weights of epoch {BestEpoch}; ")}{Device}, {Threads}, seed {Seed}, "
                + $"{Seconds:F1} s.").ToString();
    }

    // Of a document, which is not equal to another that says the same.
    private readonly struct Part(JsonElement element) : IEquatable<Part>
    {
        public JsonElement Element => element;

        public bool Equals(Part other) => other.Element.ValueKind == Element.ValueKind
            && (Element.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(Element, other.Element));

        public override bool Equals(object? obj) => obj is Part other && Equals(other);

        public override int GetHashCode() => (int)Element.ValueKind;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using MLNet.Sequence.Model;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>The losses, learning rate, gradient norm and time of one epoch of training.</summary>
public sealed record EpochReport
{
    /// <summary>The epoch, from 1; 0 for a solution in closed form, which has no other.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimiser steps by the end of the epoch, from the start of training.</summary>
    public required long Step { get; init; }

    /// <summary>
    /// Mean training loss over the epoch: per example, weighted if examples have weights, or per step if each step has its own loss (next
    /// steps, tags).
    /// </summary>
    public required double Loss { get; init; }

    /// <summary>Mean validation loss after the epoch, per example or per step as <see cref="Loss"/>; null without validation.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The task's other validation metrics by name; empty without validation.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = new ValueMap<double>(value); } = new ValueMap<double>([]);

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The mean Euclidean norm of the gradient over the epoch's steps, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>How the norms of the gradient were spread over the epoch's steps; null for closed forms, and in models of older versions.</summary>
    public GradientNorms? Gradients { get; init; }

    /// <summary>
    /// What Newton's method reached, if layers used it (<c>TrainingOptions.NewtonIterations</c>); else null. With <c>TrainingOptions.Cluster</c>, it
    /// counts only the parts of the batches that rank 0 computed.
    /// </summary>
    public NewtonReport? Newton { get; init; }

    /// <summary>Wall-clock seconds of training and validation together.</summary>
    public required double Seconds { get; init; }

    /// <summary>The part of these seconds in which training waited for batches.</summary>
    public double DataSeconds { get; init; }

    /// <summary>
    /// Training examples (windows, or rows that hold a sequence) per second of training time. If a sequence is cut into chunks, each chunk
    /// counts as its share of the sequence.
    /// </summary>
    public required double SamplesPerSecond { get; init; }
}

/// <summary>How a model was trained. Saved with it.</summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record TrainingReport : IReport
{
    private readonly Part _options;

    /// <summary>Every epoch that was trained, first to last.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init => field = ValueList.Of(value); }

    /// <summary>The name, the object and the unit of the losses; empty in models of older versions.</summary>
    public string LossName { get; init; } = "";

    /// <summary>The epoch whose weights the model has; 0 if the initial weights stayed the best, or if there was nothing to train.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Why training ended, in a sentence.</summary>
    public required string StoppedBecause { get; init; }

    /// <summary>The seed of initial weights, order and dropout.</summary>
    public required long Seed { get; init; }

    /// <summary>The device of the training, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The number of libtorch's threads, and how it was chosen, in words.</summary>
    public required string Threads { get; init; }

    /// <summary>Training examples: windows, or rows that hold a sequence.</summary>
    public required long TrainingExamples { get; init; }

    /// <summary>Validation examples, counted as <see cref="TrainingExamples"/>; 0 without validation.</summary>
    public required long ValidationExamples { get; init; }

    /// <summary>
    /// The share of padding in the steps of the first epoch's batches, in [0, 1); null if no sequence can need any.
    /// </summary>
    public double? PaddedPart { get; init; }

    /// <summary>Wall-clock seconds of training and validation together.</summary>
    public required double Seconds { get; init; }

    /// <summary>The training options as a JSON object, with a property for each option.</summary>
    public required JsonElement Options { get => _options.Element; init => _options = new Part(value); }

    /// <summary>Names and versions of this library, TorchSharp, libtorch and .NET.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init => field = new ValueMap<string>(value); }

    /// <summary>What Newton's method reached in all epochs together; null if no layer used it.</summary>
    internal NewtonReport? Newton =>
        Epochs.Aggregate(NewtonReport.None, (all, epoch) => all.Plus(epoch.Newton ?? NewtonReport.None)) is { Passes: > 0 } total ? total : null;

    ReportContent IReport.Content => TrainingContent.Of(this);

    /// <summary>A table of the epochs, and a line about how training ended.</summary>
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
        if (Newton is { } newton)
            text.Append(newton).Append(' ');
        return text.Append(CultureInfo.InvariantCulture,
            $"{StoppedBecause} {(Epochs is [{ Epoch: 0 }] ? "" : $"Weights of epoch {BestEpoch}; ")}{Device}, {Threads}, seed {Seed}, "
                + $"{Seconds:F1} s.").ToString();
    }

    // A document is not equal to another one with the same content.
    private readonly struct Part(JsonElement element) : IEquatable<Part>
    {
        public JsonElement Element => element;

        public bool Equals(Part other) => other.Element.ValueKind == Element.ValueKind
            && (Element.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(Element, other.Element));

        public override bool Equals(object? obj) => obj is Part other && Equals(other);

        public override int GetHashCode() => (int)Element.ValueKind;
    }
}

using System.Globalization;
using System.Numerics.Tensors;

namespace MLNet.Sequence.Tasks;

/// <summary>How the network's output for a step or a sequence is decoded; columns, plain C#, sessions, ONNX and proofs follow it.</summary>
internal abstract record OutputDecoding;

/// <summary>Gives the same number of values as the network.</summary>
internal abstract record ValueDecoding : OutputDecoding
{
    /// <summary>
    /// The largest change of a decoded value, in units of its <see cref="Deviation"/>, if the network's output changes by 1: the Lipschitz
    /// constant of the decoding.
    /// </summary>
    public virtual double Slope => 1;

    /// <summary>The largest difference between two decoded values.</summary>
    public virtual double Most => double.PositiveInfinity;

    /// <summary>The scaling of labels, if they are numbers that are not part of the sequence; null: there are none.</summary>
    public virtual ChannelScaling? Labels => null;

    /// <summary>The standard deviation of a decoded value, in its unit, if the network's output has a standard deviation of 1.</summary>
    /// <param name="scaling">The scaling of a series, or of all.</param>
    /// <param name="output">The index of the network's output.</param>
    public virtual double Deviation(ChannelScaling scaling, int output) => 1;

    /// <summary>Decodes the network's output, in place.</summary>
    /// <param name="values">For a sequence, or for one step of it if each step has an output.</param>
    /// <param name="scaling">The scaling of the sequence.</param>
    public abstract void Apply(Span<float> values, ChannelScaling scaling);

    /// <summary>The same in double: a large level keeps the small differences around it.</summary>
    /// <param name="network">The network's output; overwritten with unspecified values.</param>
    /// <param name="values">The same number of values, filled.</param>
    /// <param name="scaling">The scaling of the sequence.</param>
    public virtual void Apply(Span<float> network, Span<double> values, ChannelScaling scaling)
    {
        Apply(network, scaling);
        TensorPrimitives.ConvertChecked<float, double>(network, values);
    }

    /// <summary>The predicted probability of the actual value.</summary>
    /// <param name="said">The decoded values of a step or sequence.</param>
    /// <param name="actual">The actual class, tag or token, or 0 or 1.</param>
    /// <exception cref="NotSupportedException">The values are not probabilities.</exception>
    public virtual double Probability(ReadOnlySpan<double> said, double actual) => throw new NotSupportedException($"{GetType().Name} gives no probabilities.");
}

/// <summary>Logits as they are: log odds.</summary>
internal sealed record LogOdds : ValueDecoding
{
    public override void Apply(Span<float> values, ChannelScaling scaling)
    {
    }
}

/// <summary>σ: the probability of yes.</summary>
internal sealed record LogisticDecoding : ValueDecoding
{
    // Its largest slope.
    public override double Slope => 0.25;

    public override double Most => 1;

    public override void Apply(Span<float> values, ChannelScaling scaling) => Logistic.Apply(values);

    public override double Probability(ReadOnlySpan<double> said, double actual) => actual == 1 ? said[0] : 1 - said[0];
}

/// <summary>Softmax: the probability of each of several.</summary>
internal sealed record SoftmaxDecoding : ValueDecoding
{
    /// <summary>Whether a chain decodes all steps together: probabilities are those given all steps.</summary>
    public bool Together { get; init; }

    // A probability moves by p (1 − p) with its own logit, and by the same amount with all others together. Chain decoding is not bounded,
    // only the scores that it reads.
    public override double Slope => Together ? 1 : 0.5;

    public override double Most => Together ? double.PositiveInfinity : 1;

    public override void Apply(Span<float> values, ChannelScaling scaling) => Logistic.Softmax(values);

    public override double Probability(ReadOnlySpan<double> said, double actual) => said[(int)actual];
}

/// <summary>Standardised numbers in their own units.</summary>
/// <param name="Count">The number of numbers with a scaling of their own; further ones start again with the first.</param>
internal sealed record NumberDecoding(int Count) : ValueDecoding
{
    private readonly ChannelScaling? _labels;

    /// <summary>For labels: uses their own scaling, not that of the sequence.</summary>
    public NumberDecoding(ChannelScaling labels)
        : this(labels.Mean.Length) => _labels = labels;

    /// <summary>Quantiles of each number, which are sorted: [steps, levels, numbers].</summary>
    public int Levels { get; init; } = 1;

    public override ChannelScaling? Labels => _labels;

    public override double Deviation(ChannelScaling scaling, int output) => (_labels ?? scaling).Deviation[output % Count];

    public override void Apply(Span<float> values, ChannelScaling scaling)
    {
        (_labels ?? scaling).Undo(values, Count);
        ForecastOutput.Sort(values, Levels, Count);
    }

    public override void Apply(Span<float> network, Span<double> values, ChannelScaling scaling)
    {
        (_labels ?? scaling).Undo(network, values, Count);
        ForecastOutput.Sort(values, Levels, Count);
    }
}

/// <summary>One of the numbers of each step and target, [steps, numbers of a target, targets], which are decoded together.</summary>
/// <param name="All">How they are decoded.</param>
/// <param name="Place">The index among the numbers of a target.</param>
internal sealed record BandDecoding(NumberDecoding All, int Place) : OutputDecoding
{
    /// <summary>A column of one of a forecaster's numbers, [horizon, targets].</summary>
    /// <param name="task">The forecaster.</param>
    /// <param name="name">The name of the column.</param>
    /// <param name="what">Its meaning; null: the forecasts.</param>
    /// <param name="place">The index of the number.</param>
    public static TaskOutput Column(Forecasting task, string name, string? what, int place)
    {
        string said = what is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; {what} that hold with probability {task.Intervals!.ConfidenceLevel}");
        return new TaskOutput(
            name,
            new BandDecoding((NumberDecoding)task.Decoded, place),
            $"{string.Join(", ", task.TargetChannels)}{said}; in the data's units; the first step first")
        {
            Shape = [task.Horizon, task.TargetChannels.Count],
        };
    }
}

/// <summary>The most likely of several, by its number from 0; −1 if there is no prediction.</summary>
internal sealed record LikeliestDecoding : OutputDecoding
{
    /// <summary>Among equal ones, the first.</summary>
    public static int Of(ReadOnlySpan<float> scores)
    {
        int best = TensorPrimitives.IndexOfMax(scores);
        return float.IsNaN(scores[best]) ? -1 : best;
    }
}

/// <summary>Yes if the logit is above 0.</summary>
internal sealed record YesDecoding : OutputDecoding;

/// <summary>The tokens that a search finds, by their numbers from 0.</summary>
internal sealed record SearchDecoding : OutputDecoding;

/// <summary>Numbers step by step, each predicted from those before it.</summary>
internal sealed record SteppedDecoding : OutputDecoding;

/// <summary>The score of what a search finds.</summary>
internal sealed record SearchScoreDecoding : OutputDecoding;

/// <summary>The mean loss of the steps of a sequence that were predicted from earlier ones; NaN if there are none.</summary>
internal sealed record LossDecoding : OutputDecoding;

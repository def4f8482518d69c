using System.Numerics.Tensors;

namespace MLNet.Sequence.Tasks;

/// <summary>What an output says of what the network gives for a step or a sequence: followed by columns, plain C#, sessions, ONNX and proofs.</summary>
internal abstract record OutputDecoding;

/// <summary>As many values as the network gives.</summary>
internal abstract record ValueDecoding : OutputDecoding
{
    /// <summary>
    /// What one of them changes by at most, in units of its <see cref="Deviation"/>, where the network's output changes by 1: the Lipschitz
    /// constant of the decoding.
    /// </summary>
    public virtual double Slope => 1;

    /// <summary>What two of them differ by at most.</summary>
    public virtual double Most => double.PositiveInfinity;

    /// <summary>The scaling of labels, where they are numbers that are no part of the sequence; null: there are none.</summary>
    public virtual ChannelScaling? Labels => null;

    /// <summary>The deviation of one of them, in its unit, where the network's output has a deviation of 1.</summary>
    /// <param name="scaling">That of a series, or of all.</param>
    /// <param name="output">Which of the network's outputs.</param>
    public virtual double Deviation(ChannelScaling scaling, int output) => 1;

    /// <summary>Turns what the network gives into what is said by it, in place.</summary>
    /// <param name="values">Of a sequence, or of one step of it where each step has an output.</param>
    /// <param name="scaling">That of the sequence.</param>
    public abstract void Apply(Span<float> values, ChannelScaling scaling);

    /// <summary>The same in double: a large level keeps the small differences around it.</summary>
    /// <param name="network">What the network gives; what is left in it means nothing.</param>
    /// <param name="values">As many, filled.</param>
    /// <param name="scaling">That of the sequence.</param>
    public virtual void Apply(Span<float> network, Span<double> values, ChannelScaling scaling)
    {
        Apply(network, scaling);
        TensorPrimitives.ConvertChecked<float, double>(network, values);
    }

    /// <summary>The probability that was given to what came.</summary>
    /// <param name="said">The values of a step or sequence.</param>
    /// <param name="actual">The class, tag or token that came, or 0 or 1.</param>
    /// <exception cref="NotSupportedException">The values are no probabilities.</exception>
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
    // It is nowhere steeper.
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

    // A probability moves by p (1 − p) where its own logit does, and by as much in all others together. What a chain decodes together is
    // not bounded, only the scores that it reads.
    public override double Slope => Together ? 1 : 0.5;

    public override double Most => Together ? double.PositiveInfinity : 1;

    public override void Apply(Span<float> values, ChannelScaling scaling) => Logistic.Softmax(values);

    public override double Probability(ReadOnlySpan<double> said, double actual) => said[(int)actual];
}

/// <summary>Standardised numbers in their own units.</summary>
/// <param name="Count">Numbers that have a scaling of their own each; further ones begin again with the first.</param>
internal sealed record NumberDecoding(int Count) : ValueDecoding
{
    private readonly ChannelScaling? _labels;

    /// <summary>Of labels: by their own scaling, whatever that of the sequence is.</summary>
    public NumberDecoding(ChannelScaling labels)
        : this(labels.Mean.Length) => _labels = labels;

    /// <summary>Quantiles of each number, which are put in order: [steps, levels, numbers].</summary>
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

/// <summary>The likeliest of several, by its number from 0; −1 where nothing is said.</summary>
internal sealed record LikeliestDecoding : OutputDecoding
{
    /// <summary>Of equal ones the first.</summary>
    public static int Of(ReadOnlySpan<float> scores)
    {
        int best = TensorPrimitives.IndexOfMax(scores);
        return float.IsNaN(scores[best]) ? -1 : best;
    }
}

/// <summary>Yes where the logit is above 0.</summary>
internal sealed record YesDecoding : OutputDecoding;

/// <summary>The mean loss of the steps of a sequence that were predicted from those before; NaN where there are none.</summary>
internal sealed record LossDecoding : OutputDecoding;

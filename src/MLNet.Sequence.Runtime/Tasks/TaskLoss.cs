using System.Numerics.Tensors;

namespace MLNet.Sequence.Tasks;

/// <summary>What an output of a task costs: what its memory is measured in.</summary>
/// <param name="Name">What it is, as "mean squared error".</param>
/// <param name="Of">Of the network's output for an example, and its targets: standardised numbers, or a class, tag or token by its number.</param>
internal sealed record TaskLoss(string Name, Func<float[], float[], double> Of)
{
    private const string PerStep = "loss per step";

    /// <summary>The mean over all numbers of an output.</summary>
    public static TaskLoss Squares { get; } = new("mean squared error", MeanSquare);

    /// <summary>
    /// The mean over all quantiles of a forecast, [steps, levels, targets], of τ (y − q) where y lies above q, and (1 − τ) (q − y) below.
    /// </summary>
    public static TaskLoss Pinball(double[] levels, int targets) => new("mean pinball loss", (output, target) =>
    {
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            int step = i / (levels.Length * targets);
            double above = (double)target[step * targets + i % targets] - output[i], level = levels[i / targets % levels.Length];
            sum += Math.Max(level * above, (level - 1) * above);
        }

        return sum / output.Length;
    });

    /// <summary>Of numbers of the step that follows.</summary>
    public static TaskLoss SquaresPerStep { get; } = Squares with { Name = PerStep };

    /// <summary>Of logits of classes.</summary>
    public static TaskLoss CrossEntropy { get; } = new("log-loss", (logits, label) => Logarithm(logits, (int)label[0]));

    /// <summary>Of logits of tokens.</summary>
    public static TaskLoss CrossEntropyPerStep { get; } = CrossEntropy with { Name = PerStep };

    /// <summary>Of the logit of yes.</summary>
    public static TaskLoss Binary { get; } = new("log-loss", (logit, label) => Logarithm(logit[0], label[0]));

    /// <summary>The sum over all values of 0 and 1 of a step.</summary>
    public static TaskLoss BinaryPerStep { get; } = new(PerStep, (logits, bits) => logits.Zip(bits, (x, y) => Logarithm(x, y)).Sum());

    /// <summary>The mean over the tags of a sequence, decoded one by one or together.</summary>
    public static TaskLoss Tags(int tags, TagChain? chain) => new(PerStep, chain is null
        ? (scores, labels) => labels.Select((tag, step) => Logarithm(scores.AsSpan(step * tags, tags), (int)tag)).Average()
        : (scores, labels) => -chain.LogProbability(scores, Array.ConvertAll(labels, tag => (int)tag)) / labels.Length);

    /// <exception cref="ArgumentException">An output has another length than its target.</exception>
    public static double MeanSquare(float[] output, float[] target)
    {
        if (output.Length != target.Length)
            throw new ArgumentException($"The output has {output.Length} values, the target {target.Length}.");
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
            sum += ((double)output[i] - target[i]) * (output[i] - target[i]);
        return sum / output.Length;
    }

    private static double Logarithm(ReadOnlySpan<float> logits, int label)
    {
        double most = TensorPrimitives.Max(logits), sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - most);
        return most + Math.Log(sum) - logits[label];
    }

    // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)), in a form that does not overflow.
    private static double Logarithm(double x, double y) => Math.Max(x, 0) - x * y + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}

namespace MLNet.Sequence.Tasks;

/// <summary>The loss of the network's output for an example.</summary>
/// <param name="output">For a sequence, or for a step of it.</param>
/// <param name="target">Standardised numbers, or a class, tag or token by its number.</param>
internal delegate double ExampleCost(ReadOnlySpan<float> output, ReadOnlySpan<float> target);

/// <summary>The loss of a task's output: the measure of its memory, and of comparisons between models.</summary>
/// <param name="Name">Its name, such as "mean squared error".</param>
/// <param name="Of">Computes it for an example.</param>
internal sealed record TaskLoss(string Name, ExampleCost Of)
{
    private const string Nats = "nats", Deviations = "standard deviations²";

    /// <summary>Its unit.</summary>
    public string Unit { get; private init; } = Nats;

    /// <summary>Its name as a column heading.</summary>
    public string Head { get; init; } = Name;

    /// <summary>The names of the baselines that need no model; the first one predicts the same for every example.</summary>
    public IReadOnlyList<string> Baselines { get; init; } = [];

    /// <summary>Whether it is for numbers, in units of their standard deviation.</summary>
    public bool IsOfNumbers => Unit == Deviations;

    /// <summary>Whether it is minus the logarithm of a probability.</summary>
    public bool IsInNats => Unit == Nats;

    /// <summary>The mean over all numbers of an output.</summary>
    public static TaskLoss Squares { get; } = new("mean squared error", MeanSquare) { Unit = Deviations, Head = "std. MSE" };

    /// <summary>
    /// The mean over all quantiles of a forecast, [steps, levels, targets], of τ (y − q) if y is above q, and (1 − τ) (q − y) if below.
    /// </summary>
    public static TaskLoss Pinball(double[] levels, int targets) => Squares with
    {
        Name = "mean pinball loss",
        Of = (output, target) =>
        {
            double sum = 0;
            for (int i = 0; i < output.Length; i++)
            {
                int step = i / (levels.Length * targets);
                double above = (double)target[step * targets + i % targets] - output[i], level = levels[i / targets % levels.Length];
                sum += Math.Max(level * above, (level - 1) * above);
            }

            return sum / output.Length;
        },
    };

    /// <summary>The mean over one of the numbers of each step and target, [steps, numbers of a target, targets].</summary>
    public static TaskLoss SquaresOf(int place, int numbers, int targets) => Squares with
    {
        Of = (output, target) =>
        {
            double sum = 0;
            for (int i = 0; i < target.Length; i++)
            {
                double error = (double)output[(i / targets * numbers + place) * targets + i % targets] - target[i];
                sum += error * error;
            }

            return sum / target.Length;
        },
    };

    /// <summary>The mean negative log-likelihood of standardised numbers over steps and targets, [steps, parameters, targets].</summary>
    public static TaskLoss Likelihood(DistributionDecoding decoding) => Squares with
    {
        Name = "mean negative log-likelihood",
        Unit = Nats,
        Head = "nats",
        Of = (output, target) =>
        {
            (int targets, int numbers) = (decoding.Targets, decoding.Parameters);
            var values = new double[output.Length];
            decoding.Apply(output.ToArray(), values, ChannelScaling.None(targets));
            double sum = 0;
            for (int i = 0; i < target.Length; i++)
            {
                var parameters = new double[numbers];
                for (int number = 0; number < numbers; number++)
                    parameters[number] = values[(i / targets * numbers + number) * targets + i % targets];
                sum -= ForecastDistribution.Of(decoding.Kind, parameters).LogProbability(target[i]);
            }

            return sum / target.Length;
        },
    };

    /// <summary>For numbers of the next step.</summary>
    public static TaskLoss SquaresPerStep { get; } = Squares with
    {
        Name = "mean squared error per step",
        Baselines = ["mean of training", "last step repeated"]
    };

    /// <summary>For logits of classes.</summary>
    public static TaskLoss CrossEntropy { get; } =
        new("log-loss", (logits, label) => Logits.LogSumExp(logits) - logits[(int)label[0]]) { Baselines = ["class frequencies"] };

    /// <summary>For logits of tokens.</summary>
    public static TaskLoss CrossEntropyPerToken { get; } = CrossEntropy with
    {
        Name = "log-loss per token",
        Head = "nats/token",
        Baselines = ["token frequencies"]
    };

    /// <summary>For the logit of yes.</summary>
    public static TaskLoss Binary { get; } = CrossEntropy with { Of = (logit, label) => Logarithm(logit[0], label[0]) };

    /// <summary>The sum over all values of 0 and 1 of a step.</summary>
    public static TaskLoss BinaryPerStep { get; } = new("loss per step", SumOfBits) { Head = "nats/step", Baselines = ["value frequencies"] };

    /// <summary>The mean over the tags of a sequence, decoded one by one or together.</summary>
    public static TaskLoss Tags(int tags, TagChain? chain) => new("log-loss per step", chain is null
        ? (scores, labels) =>
        {
            double sum = 0;
            for (int step = 0; step < labels.Length; step++)
                sum += CrossEntropy.Of(scores.Slice(step * tags, tags), labels.Slice(step, 1));
            return sum / labels.Length;
        }
    : (scores, labels) => -chain.LogProbability(scores, Array.ConvertAll(labels.ToArray(), tag => (int)tag)) / labels.Length)
    {
        Head = "nats/step",
        Baselines = ["tag frequencies"],
    };

    /// <exception cref="ArgumentException">An output and its target have different lengths.</exception>
    public static double MeanSquare(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        if (output.Length != target.Length)
            throw new ArgumentException($"The output has {output.Length} values, the target {target.Length}.");
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
            sum += ((double)output[i] - target[i]) * (output[i] - target[i]);
        return sum / output.Length;
    }

    private static double SumOfBits(ReadOnlySpan<float> logits, ReadOnlySpan<float> bits)
    {
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
            sum += Logarithm(logits[i], bits[i]);
        return sum;
    }

    // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)), in a form that does not overflow.
    private static double Logarithm(double x, double y) => Math.Max(x, 0) - x * y + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}

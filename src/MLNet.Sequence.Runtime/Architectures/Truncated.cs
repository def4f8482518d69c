using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// At every step, runs a network of another architecture again over the last k steps: y_t is its last output over the inputs x_{t−k+1} …
/// x_t. It has no weights of its own. A stable recurrent network becomes a feed-forward one with a known error (Miller and Hardt, "Stable
/// recurrent models", arXiv 1805.10369, section 3.1). <c>SequenceModel.Truncate</c> makes one from a fitted model; trained from the start,
/// it is what <see cref="LstmNgram"/> is to <see cref="Lstm"/>.
/// Receptive field: k, or that of <see cref="Inner"/> if it is smaller.
/// Deviates: nothing.
/// </summary>
public sealed record Truncated : Architecture
{
    /// <summary>A default architecture over the default number of steps.</summary>
    public Truncated()
    {
    }

    /// <summary>The given architecture, run again over the last steps at every step.</summary>
    /// <param name="inner">The architecture to run.</param>
    /// <param name="steps">The number of last steps, the present one included; at least 1.</param>
    public Truncated(Architecture inner, int steps) => (Inner, Steps) = (inner, steps);

    /// <summary>The architecture that runs over the last steps; causal. Default: a <see cref="StableRnn"/>.</summary>
    public Architecture Inner { get; init; } = new StableRnn();

    /// <summary>k, the number of inputs seen, the present one included; at least 1. Default 64.</summary>
    public int Steps { get; init; } = 64;

    /// <inheritdoc/>
    /// <remarks>Weights: <c>inner.…</c>.</remarks>
    public override Layer Build(int context) => Build(context, conditions: 0);

    internal override Layer Build(int context, int conditions) => new Windowed(Inner.Build(context, conditions), Steps);

    internal override int LastConditions => Inner?.LastConditions ?? 0;

    internal override Architecture Within(int context) => this with { Inner = Inner.Within(context) };

    internal override double LeastWeights => Inner?.LeastWeights ?? 0;

    internal override bool IsSolved => Inner?.IsSolved ?? false;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        // Any fitted model may be truncated, also one that was solved in closed form.
        IEnumerable<string> inside = Inner is { IsSolved: true } ? Inner.Problems().Select(problem => $"{nameof(Inner)}.{problem}")
            : Inside(Inner, nameof(Inner));
        string[] problems = [.. inside, .. AtLeast(1, Steps, nameof(Steps))];
        return problems.Length == 0 && !Inner.IsCausal
            ? [$"{nameof(Inner)} must be causal: a network that reads later steps cannot be truncated; found {Inner.Name}."]
            : problems;
    }
}

namespace MLNet.Sequence;

/// <summary>A sequence whose last steps are shown to a function, and its target.</summary>
/// <param name="Sequence">Step by step, with as many values per step as the function reads; oldest first, at least one step.</param>
/// <param name="Target">The target: as many values as the function gives.</param>
public sealed record MemoryExample(float[] Sequence, float[] Target)
{
    /// <summary>The scaling that standardises it; null: the scaling of all series.</summary>
    internal ChannelScaling? Scaling { get; init; }

    /// <summary>Steps from one example to the next; 0: not known.</summary>
    internal double Stride { get; init; }

    /// <summary>The other inputs of the sequence, standardised: known inputs of the steps ahead, and static values. Default nothing.</summary>
    internal float[] Beside { get; init; } = [];
}

/// <summary>The subject of a memory measurement: a function of the last steps of a sequence.</summary>
internal sealed record MemorySubject
{
    /// <summary>The name of the loss, such as "mean squared error".</summary>
    public required string Metric { get; init; }

    /// <summary>Number of values per step.</summary>
    public required int Features { get; init; }

    /// <summary>All steps of each example.</summary>
    public required IReadOnlyList<float[]> Sequences { get; init; }

    /// <summary>The output of an example, given its steps and the number of last steps shown, at most all.</summary>
    public required Func<int, float[], int, float[]> Run { get; init; }

    /// <summary>
    /// Rows before those that <see cref="Run"/> shows that an output depends on too: a difference needs the values before it, and a forecast is added up
    /// from them. Default 0.
    /// </summary>
    public int Lag { get; init; }

    /// <summary>Number of neighbouring examples that share data or are correlated: at least 1; 0: each is independent.</summary>
    public int Overlap { get; init; } = 1;

    /// <summary>Number of values of an output that belong to the last step; 0: all of them.</summary>
    public int LastStepOutputs { get; init; }

    /// <summary>The loss of an example's output.</summary>
    public required Func<int, float[], double> Loss { get; init; }

    /// <summary>
    /// The loss of an example, in nats, if no step is shown and the same is predicted for all examples; null: the loss has another unit, or is no
    /// prediction of the next step.
    /// </summary>
    public Func<int, double>? LossOfNothing { get; init; }

    /// <summary>Replaces a step by another one: a near one, or, for tokens, another token.</summary>
    public required Action<Span<float>, RandomStream> Move { get; init; }

    /// <summary>Number of steps of an example.</summary>
    public int Length(int example) => Sequences[example].Length / Features;

    /// <summary>The output of an example that depends on this number of last rows, above <see cref="Lag"/>.</summary>
    public float[] RunOn(int example, int rows) => rows >= Length(example) ? RunWhole(example) : Run(example, Sequences[example], rows - Lag);

    /// <summary>The output of an example with all its steps.</summary>
    public float[] RunWhole(int example) => Run(example, Sequences[example], Length(example));

    /// <summary>Moves each value by this much, up or down at random.</summary>
    public static Action<Span<float>, RandomStream> By(double[] deviation) => (step, random) =>
    {
        for (int i = 0; i < step.Length; i++)
            step[i] += (float)(random.NextBits() % 2 == 0 ? deviation[i] : -deviation[i]);
    };

    /// <summary>A function with its own examples.</summary>
    /// <exception cref="ArgumentException">There are fewer than two examples, or they do not fit together.</exception>
    public static MemorySubject Of(Func<float[], float[]> function, IReadOnlyList<MemoryExample> examples, Func<float[], float[], double> loss,
        (int Features, string Metric) form)
    {
        (int features, string metric) = form;
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (examples.Count < 2)
            throw new ArgumentException($"A measurement of memory needs at least 2 examples; found {examples.Count}.", nameof(examples));
        for (int i = 0; i < examples.Count; i++)
        {
            int values = examples[i].Sequence.Length;
            if (values == 0 || values % features != 0)
                throw new ArgumentException($"A sequence holds whole steps of {features} values, at least one; example {i} holds "
                    + $"{values} values.", nameof(examples));
        }

        var moments = new Data.ChannelMoments(features);
        foreach (MemoryExample example in examples)
        {
            for (int at = 0; at < example.Sequence.Length; at += features)
                moments.Add(example.Sequence.AsSpan(at, features));
        }

        return new MemorySubject
        {
            Metric = metric,
            Features = features,
            Sequences = [.. examples.Select(example => example.Sequence)],
            Run = (_, sequence, steps) => function(sequence[^(steps * features)..]),
            Loss = (i, output) => loss(output, examples[i].Target),
            Move = By(moments.ToScaling().Deviation.Items),
        };
    }
}

namespace MLNet.Sequence;

/// <summary>A sequence that a function is shown the last steps of, and what should come out.</summary>
/// <param name="Sequence">Step by step, as many values as the function reads per step; oldest first, at least one step.</param>
/// <param name="Target">What should come out: as many values as the function gives.</param>
public sealed record MemoryExample(float[] Sequence, float[] Target)
{
    /// <summary>By what it is standardised; null: by the scaling of all series.</summary>
    internal ChannelScaling? Scaling { get; init; }

    /// <summary>Steps from one example to the next; 0: not known.</summary>
    internal double Stride { get; init; }

    /// <summary>What is read beside the sequence, standardised: known of the steps ahead, and without steps. Default nothing.</summary>
    internal float[] Beside { get; init; } = [];
}

/// <summary>What a horizon is measured of: a function of the last steps of a sequence.</summary>
internal sealed record MemorySubject
{
    /// <summary>What the loss is, as "mean squared error".</summary>
    public required string Metric { get; init; }

    /// <summary>Values of a step.</summary>
    public required int Features { get; init; }

    /// <summary>Of each example all its steps.</summary>
    public required IReadOnlyList<float[]> Sequences { get; init; }

    /// <summary>The output of an example, given its steps and how many of the last of them are shown, at most all.</summary>
    public required Func<int, float[], int, float[]> Run { get; init; }

    /// <summary>Neighbouring examples that share data, or resemble each other: at least 1; 0: each is on its own.</summary>
    public int Overlap { get; init; } = 1;

    /// <summary>Values of an output that are said of the last step; 0: all of them.</summary>
    public int LastStepOutputs { get; init; }

    /// <summary>The loss of an example's output.</summary>
    public required Func<int, float[], double> Loss { get; init; }

    /// <summary>Puts another step in the place of one: not far from it, or, of tokens, another token.</summary>
    public required Action<Span<float>, RandomStream> Move { get; init; }

    /// <summary>Steps of an example.</summary>
    public int Length(int example) => Sequences[example].Length / Features;

    /// <summary>The output of an example with all its steps.</summary>
    public float[] RunWhole(int example) => Run(example, Sequences[example], Length(example));

    /// <summary>Each value moved by this much, up or down at random.</summary>
    public static Action<Span<float>, RandomStream> By(double[] deviation) => (step, random) =>
    {
        for (int i = 0; i < step.Length; i++)
            step[i] += (float)(random.NextBits() % 2 == 0 ? deviation[i] : -deviation[i]);
    };

    /// <summary>A function with examples of its own.</summary>
    /// <exception cref="ArgumentException">There are fewer than two examples, or they do not fit each other.</exception>
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

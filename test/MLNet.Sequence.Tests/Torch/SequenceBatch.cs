namespace MLNet.Sequence.Tests.Torch;

/// <summary>Input of a network, [Rows, Steps, Channels] row-major. Every value is a float, so that both precisions see the same
/// values.</summary>
internal sealed record SequenceBatch(int Rows, int Steps, int Channels, double[] Values)
{
    /// <summary>The number of tokens if the values are indices; null: they are numbers.</summary>
    public int? Vocabulary { get; init; }

    public float[] Floats => [.. Values.Select(value => (float)value)];

    public static SequenceBatch Random(int rows, int steps, int channels, int seed)
    {
        var random = new RandomStream(seed);
        var values = new double[rows * steps * channels];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)random.NextNormal();
        return new SequenceBatch(rows, steps, channels, values);
    }

    /// <summary>One channel of tokens.</summary>
    public static SequenceBatch Tokens(int rows, int steps, int vocabulary, int seed)
    {
        var random = new RandomStream(seed);
        double[] values = [.. Enumerable.Range(0, rows * steps).Select(_ => (double)random.NextInt64(vocabulary))];
        return new SequenceBatch(rows, steps, 1, values) { Vocabulary = vocabulary };
    }

    /// <summary>One row alone.</summary>
    public SequenceBatch Row(int row) =>
        this with { Rows = 1, Values = Values[(row * Steps * Channels)..((row + 1) * Steps * Channels)] };

    /// <summary>A single step of a batch of one row.</summary>
    public SequenceBatch Step(int step) => new(1, 1, Channels, Values[(step * Channels)..((step + 1) * Channels)]);

    /// <summary>One row as [Steps][Channels].</summary>
    public double[][] RowSteps(int row) => [.. Row(row).Values.Chunk(Channels)];

    /// <summary>Rows of several batches of the same shape, one below the other.</summary>
    public static SequenceBatch Concat(params SequenceBatch[] parts) =>
        new(parts.Sum(part => part.Rows), parts[0].Steps, parts[0].Channels, [.. parts.SelectMany(part => part.Values)]);

    /// <summary>A copy in which each step with <paramref name="step"/> has other values, in all rows and channels.</summary>
    public SequenceBatch Changed(Func<int, bool> step, int seed)
    {
        var random = new RandomStream(seed);
        double[] values = [.. Values];
        for (int i = 0; i < values.Length; i++)
        {
            if (step(i / Channels % Steps))
                values[i] = Vocabulary is { } tokens ? random.NextInt64(tokens) : (float)(3 * random.NextNormal());
        }

        return this with { Values = values };
    }
}

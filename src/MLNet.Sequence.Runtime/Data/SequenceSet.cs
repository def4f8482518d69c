namespace MLNet.Sequence.Data;

/// <summary>
/// Labelled sequences of any lengths, one after the other in memory: their values, and 16 bytes for each sequence.
/// </summary>
internal sealed class SequenceSet(int features)
{
    private readonly RowBuffer _steps = new(features);
    private readonly List<long> _ends = [];
    private readonly List<(float Label, float Weight)> _labels = [];

    /// <summary>Values of a step.</summary>
    public int Features { get; } = features;

    public int Count => _ends.Count;

    /// <summary>The steps of all sequences together.</summary>
    public long Steps => _steps.Count;

    /// <summary>The steps of the longest sequence; 0 when there is none.</summary>
    public int Longest { get; private set; }

    /// <summary>Whether a sequence has a weight other than 1.</summary>
    public bool HasWeights { get; private set; }

    /// <summary>Steps of a sequence.</summary>
    public int Length(int sequence) => (int)(_ends[sequence] - Start(sequence));

    /// <summary>A class by number from 0, or the number to predict.</summary>
    public float Label(int sequence) => _labels[sequence].Label;

    /// <summary>What a sequence counts in the loss.</summary>
    public float Weight(int sequence) => _labels[sequence].Weight;

    /// <param name="values">Step by step, <see cref="Features"/> values each.</param>
    /// <param name="label">A class by number from 0, or the number to predict.</param>
    /// <param name="weight">What the sequence counts in the loss.</param>
    public void Add(ReadOnlySpan<float> values, float label, float weight = 1)
    {
        for (int i = 0; i < values.Length; i += Features)
            _steps.Add(values.Slice(i, Features));
        _ends.Add(_steps.Count);
        _labels.Add((label, weight));
        Longest = Math.Max(Longest, Length(Count - 1));
        HasWeights |= weight != 1;
    }

    /// <summary>Copies steps of a sequence from one on, as many as the destination holds.</summary>
    public void CopyTo(int sequence, Span<float> values, long first = 0) => _steps.CopyTo(Start(sequence) + first, values);

    /// <summary>The tokens of all sequences, in their order.</summary>
    public IEnumerable<int> Tokens()
    {
        for (long step = 0; step < Steps; step++)
            yield return (int)_steps.Row(step)[0];
    }

    /// <summary>
    /// Steps, whatever sequences they belong to, as streams of equal length to within one step; each begins with the step
    /// that the one before it ends with, so that every step but the first is predicted once.
    /// </summary>
    /// <param name="first">The first step.</param>
    /// <param name="count">How many; more than <paramref name="streams"/>.</param>
    /// <param name="streams">How many streams.</param>
    public SequenceSet Streams(long first, long count, int streams)
    {
        var cut = new SequenceSet(Features);
        for (int i = 0; i < streams; i++)
        {
            long from = first + i * (count - 1) / streams, to = first + (i + 1) * (count - 1) / streams;
            var values = new float[(to - from + 1) * Features];
            _steps.CopyTo(from, values);
            cut.Add(values, label: 0);
        }

        return cut;
    }

    /// <summary>The scaling of each feature over all steps of some of the sequences.</summary>
    public ChannelScaling FitScaling(ReadOnlySpan<int> sequences)
    {
        var moments = new ChannelMoments(Features);
        foreach (int sequence in sequences)
        {
            for (long step = Start(sequence); step < _ends[sequence]; step++)
                moments.Add(_steps.Row(step));
        }

        return moments.ToScaling();
    }

    /// <summary>The scaling of the label over some of the sequences.</summary>
    public ChannelScaling FitLabelScaling(ReadOnlySpan<int> sequences)
    {
        var moments = new ChannelMoments(1);
        foreach (int sequence in sequences)
            moments.Add([Label(sequence)]);
        return moments.ToScaling();
    }

    private long Start(int sequence) => sequence == 0 ? 0 : _ends[sequence - 1];
}

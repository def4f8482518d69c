using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLNet.Sequence.Data;

/// <summary>
/// Labelled sequences of any lengths, one after the other in memory: their values and labels, in double if Single cannot hold them, and 12
/// bytes for each sequence.
/// </summary>
/// <param name="features">Number of values per step.</param>
/// <param name="labels">Number of labels per sequence; null: one for each of its steps.</param>
internal sealed class SequenceSet(int features, int? labels = 1)
{
    private readonly SeriesRows _steps = new(features), _labels = new(labels ?? 1);
    private readonly int _labelWidth = labels ?? 1;
    private readonly List<long> _ends = [];
    private readonly List<float> _weights = [];

    /// <summary>Number of values per step.</summary>
    public int Features { get; } = features;

    /// <summary>Number of labels per sequence; null: one for each of its steps.</summary>
    public int? LabelSize { get; } = labels;

    public int Count => _ends.Count;

    /// <summary>The number of steps of all sequences together.</summary>
    public long Steps => _steps.Count;

    /// <summary>The number of steps of the longest sequence; 0 if there is none.</summary>
    public int Longest { get; private set; }

    /// <summary>Whether a sequence has a weight other than 1.</summary>
    public bool HasWeights { get; private set; }

    /// <summary>Which sequences belong together: the common value of each one's group; empty if each is on its own.</summary>
    public List<string> Groups { get; } = [];

    /// <summary>Number of rows left out because their weight is 0.</summary>
    public int Weightless { get; set; }

    /// <summary>Number of rows left out because they have too few steps.</summary>
    public int Empty { get; set; }

    /// <summary>Number of sequences that end in a missing step.</summary>
    public int EndMissing { get; set; }

    /// <summary>Number of steps of a sequence.</summary>
    public int Length(int sequence) => (int)(_ends[sequence] - Start(sequence));

    /// <summary>The index of a class, from 0, or the first of the numbers to predict.</summary>
    public double Label(int sequence) => _labels[sequence, 0];

    /// <summary>The numbers to predict for a sequence, or the labels of all its steps.</summary>
    public double[] Labels(int sequence)
    {
        var labels = new double[LabelSize ?? Length(sequence)];
        _labels.CopyTo(LabelSize is null ? Start(sequence) : sequence, labels);
        return labels;
    }

    /// <summary>The labels of some steps of a sequence, from a given one on, if each step has one.</summary>
    public double[] Labels(int sequence, int first, int steps)
    {
        var labels = new double[steps];
        _labels.CopyTo(Start(sequence) + first, labels);
        return labels;
    }

    /// <summary>The weight of a sequence in the loss.</summary>
    public float Weight(int sequence) => _weights[sequence];

    /// <param name="values">Step by step, <see cref="Features"/> values each.</param>
    /// <param name="label">The index of a class, from 0, or the number to predict.</param>
    /// <param name="weight">The weight of the sequence in the loss.</param>
    public void Add(ReadOnlySpan<double> values, double label, float weight = 1) => Add(values, [label], weight);

    /// <inheritdoc cref="Add(ReadOnlySpan{double}, double, float)" path="/node()[not(self::param)]"/>
    /// <param name="values">Step by step, <see cref="Features"/> values each.</param>
    /// <param name="labels">The index of a class, from 0, or the <see cref="LabelSize"/> numbers to predict, or one for each step.</param>
    /// <param name="weight">The weight of the sequence in the loss.</param>
    public void Add(ReadOnlySpan<double> values, ReadOnlySpan<double> labels, float weight = 1)
    {
        for (int i = 0; i < values.Length; i += Features)
            _steps.Add(values.Slice(i, Features));
        _ends.Add(_steps.Count);
        for (int i = 0; i < labels.Length; i += _labelWidth)
            _labels.Add(labels.Slice(i, _labelWidth));
        _weights.Add(weight);
        Longest = Math.Max(Longest, Length(Count - 1));
        HasWeights |= weight != 1;
    }

    /// <summary>Copies steps of a sequence from a given one on, until the destination is full.</summary>
    public void CopyTo(int sequence, Span<double> values, long first = 0) => _steps.CopyTo(Start(sequence) + first, values);

    /// <summary>All steps of a sequence.</summary>
    public double[] Sequence(int sequence)
    {
        var values = new double[Length(sequence) * Features];
        CopyTo(sequence, values);
        return values;
    }

    /// <summary>All steps of the first of the longest sequences; there is at least one.</summary>
    public double[] LongestSequence() => Sequence(Enumerable.Range(0, Count).MaxBy(Length));

    /// <summary>The tokens of all sequences, in their order.</summary>
    public IEnumerable<int> Tokens()
    {
        for (long step = 0; step < Steps; step++)
            yield return (int)_steps[step, 0];
    }

    /// <summary>Gives each token another number.</summary>
    /// <param name="numbers">The new number by the present one.</param>
    public void Renumber(IReadOnlyList<int> numbers) => _steps.Replace(0, token => numbers[(int)token]);

    /// <summary>
    /// All steps, across sequences, as streams whose lengths differ by at most one step. Each stream begins with the last step of the one
    /// before it, so every step except the first is predicted once.
    /// </summary>
    /// <param name="first">The first step.</param>
    /// <param name="count">The number of steps; more than <paramref name="streams"/>.</param>
    /// <param name="streams">The number of streams.</param>
    public SequenceSet Streams(long first, long count, int streams)
    {
        var cut = new SequenceSet(Features);
        for (int i = 0; i < streams; i++)
        {
            long from = first + i * (count - 1) / streams, to = first + (i + 1) * (count - 1) / streams;
            var values = new double[(to - from + 1) * Features];
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
            moments.Add(Sequence(sequence));

        return moments.ToScaling();
    }

    /// <summary>The scaling of each label over some of the sequences.</summary>
    public ChannelScaling FitLabelScaling(ReadOnlySpan<int> sequences)
    {
        var moments = new ChannelMoments(_labelWidth);
        foreach (int sequence in sequences)
            moments.Add(Labels(sequence));
        return moments.ToScaling();
    }

    /// <summary>Adds the set, and the choice of its sequences, to a hash.</summary>
    public void AddTo(IncrementalHash hash, ReadOnlySpan<int> sequences)
    {
        _steps.AddTo(hash);
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ends)));
        _labels.AddTo(hash);
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_weights)));
        hash.AppendData(MemoryMarshal.AsBytes(sequences));
    }

    private long Start(int sequence) => sequence == 0 ? 0 : _ends[sequence - 1];
}

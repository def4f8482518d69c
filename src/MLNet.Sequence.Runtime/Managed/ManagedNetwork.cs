using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A network with its weights in plain C#, without any native library: step by step with a state per stream, or whole
/// sequences at once. Immutable; any number of threads and streams may use it.
/// </summary>
internal sealed partial class ManagedNetwork
{
    /// <summary>The first floats of a state: the bits of its step counter.</summary>
    public const int CounterSize = 2;

    // Multiplications of a scoring that several cores finish earlier than one.
    private const long WorthSharing = 4_000_000;

    // Sequences that are run together: enough to read weights rarely, few enough that their sums stay in the cache. Products take four at a time.
    private const int MostTogether = 16, Multiple = 4;

    private readonly NetworkPlan _plan;
    private readonly ManagedPlan _nodes;

    // The encoders of a pair; null: the past itself is attended to. The nodes are then those of the decoder.
    private readonly ManagedPlan?[] _encoders = [];

    public ManagedNetwork(NetworkPlan plan, Weights weights) : this(plan, new ManagedPlan(plan.IsOpen ? plan.Decoder() : plan, weights))
    {
        weights.MustFit(plan.AllWeights());
        if (plan.IsOpen)
            _encoders = [.. plan.Encoded.Select(name => plan.Encoder(name) is { } encoder ? new ManagedPlan(encoder, weights) : null)];
    }

    private ManagedNetwork(NetworkPlan plan, ManagedPlan nodes)
    {
        (_plan, _nodes) = (plan, nodes);
        (InputSize, BesideSize) = (plan.InputSize, plan.BesideSize);
    }

    public ManagedNetwork(Layer layer, int inputSize, Weights weights) : this(NetworkPlan.Of(layer, inputSize), weights)
    {
    }

    public int InputSize { get; }

    /// <summary>Number of values read besides the past: <see cref="NetworkPlan.BesideSize"/>.</summary>
    public int BesideSize { get; }

    public int OutputSize => _nodes.OutputSize;

    /// <summary>
    /// Whether <see cref="Step"/> can be called: not if a sequence must be whole because it is normalised as a window or read backwards.
    /// </summary>
    public bool CanStep => _plan.Normalization is null && !_plan.IsOpen && _nodes.CanStep;

    /// <summary>Number of floats of state per stream: one flat block that may be copied, stored and restored. All 0 at the start.</summary>
    public int StateSize => IManagedLayer.Size((long)CounterSize + (_plan.Normalization is null ? _nodes.StateSize : 0));

    /// <summary>
    /// The decoder of a pair for a source, [steps, InputSize], as a network of its own: it is stepped over the target. The encoder runs here,
    /// once. If the horizon is open.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="trace">Gets the attention weights of each step, which is then for one thread; null, the default: nobody asks for them.</param>
    public ManagedNetwork Decoder(ReadOnlySpan<float> source, AttentionTrace? trace = null)
    {
        var encoded = new float[_encoders.Length][];
        for (int i = 0; i < encoded.Length; i++)
            encoded[i] = _encoders[i] is { } encoder ? Whole(encoder, source, InputSize) : source.ToArray();
        return new ManagedNetwork(_plan.Decoder(), _nodes.Remember(encoded, trace));
    }

    /// <summary>One step of a stream: [InputSize] to [OutputSize]. Allocates nothing.</summary>
    /// <param name="input">The step.</param>
    /// <param name="output">Filled.</param>
    /// <param name="state">The state of the stream.</param>
    /// <param name="beside">[BesideSize]: the other inputs at this step.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, ReadOnlySpan<float> beside = default)
    {
        MustBe(input.Length, InputSize, nameof(input));
        MustBe(output.Length, OutputSize, nameof(output));
        MustBe(state.Length, StateSize, nameof(state));
        if (_plan.Normalization is not null)
            throw new NotSupportedException("A window that is normalised as a whole cannot be fed step by step: run the whole window.");
        if (_plan.IsOpen)
            throw new NotSupportedException("The source of a pair is not fed step by step: its decoder is.");
        MustBe(beside.Length, BesideSize, nameof(beside));
        Span<byte> counter = MemoryMarshal.AsBytes(state[..CounterSize]);
        long time = BinaryPrimitives.ReadInt64LittleEndian(counter);
        _nodes.Step(input, beside, output, state[CounterSize..], time);
        BinaryPrimitives.WriteInt64LittleEndian(counter, time + 1);
    }

    /// <summary>A whole sequence, [steps, InputSize], to the network's output: [steps, OutputSize], or only that of the last step.</summary>
    /// <param name="sequence">The steps, at least one.</param>
    /// <param name="beside">[BesideSize]: the other inputs.</param>
    public float[] Run(ReadOnlySpan<float> sequence, ReadOnlySpan<float> beside = default)
    {
        if (sequence.Length == 0 || sequence.Length % InputSize != 0)
            throw new ArgumentException($"Expected a whole number of steps of {InputSize} values, at least one; found "
                + $"{sequence.Length} values.", nameof(sequence));
        if (!_plan.IsOpen)
            MustBe(beside.Length, BesideSize, nameof(beside));
        var output = new float[OutputSteps(sequence.Length / InputSize, beside.Length) * OutputSize];
        Run(sequence, beside, output, 1);
        return output;
    }

    /// <summary>
    /// Whole sequences, each with the same bits as alone. Large work is shared by all cores.
    /// </summary>
    /// <param name="input">[batch, T, InputSize].</param>
    /// <param name="batch">The number of sequences; at least 1.</param>
    /// <param name="lengths">The number of valid steps of each; null: all.</param>
    /// <param name="beside">[batch, BesideSize]; or the targets of pairs.</param>
    /// <returns>[batch, T, OutputSize], zeros after a sequence's last step; or [batch, OutputSize].</returns>
    public float[] Score(ReadOnlyMemory<float> input, int batch, long[]? lengths = null, ReadOnlyMemory<float> beside = default)
    {
        int row = input.Length / batch, most = row / InputSize, more = beside.Length / batch, size = OutputSteps(most, more) * OutputSize;
        var output = new float[batch * size];
        ScoredPart[] parts = [.. Parts(batch, most, lengths)];
        if (parts.Length > 1 && (long)batch * most * _plan.ParameterCount >= WorthSharing)
            Parallel.ForEach(parts, Run);
        else
            Array.ForEach(parts, Run);
        return output;

        void Run(ScoredPart part)
        {
            ReadOnlySpan<float> steps = input.Span.Slice(part.First * row, part.Count * part.Steps * InputSize);
            ReadOnlySpan<float> others = beside.Span.Slice(part.First * more, part.Count * more);
            this.Run(steps, others, output.AsSpan(part.First * size, part.Count * OutputSteps(part.Steps, more) * OutputSize), part.Count);
        }
    }

    // Neighbouring sequences of the same length, as many as are run together.
    private static IEnumerable<ScoredPart> Parts(int batch, int steps, long[]? lengths)
    {
        // Padded sequences are not neighbours in memory.
        int together = lengths is not null ? 1 : Math.Clamp(batch / Environment.ProcessorCount / Multiple * Multiple, Multiple, MostTogether);
        for (int first = 0; first < batch; first += together)
            yield return new ScoredPart(first, Math.Min(together, batch - first), lengths is null ? steps : (int)lengths[first]);
    }

    private void Run(ReadOnlySpan<float> sequences, ReadOnlySpan<float> beside, Span<float> output, int count)
    {
        int steps = sequences.Length / (InputSize * count);
        if (_plan.IsOpen)
        {
            RunPairs(sequences, beside, output, count);
            return;
        }

        if (_plan.Normalization is not { } normalization)
        {
            _nodes.RunMany(sequences, beside, output, count, steps);
            return;
        }

        var normalized = new float[sequences.Length];
        var levels = new WindowLevel[count];
        int size = sequences.Length / count, outputs = output.Length / count;
        for (int i = 0; i < count; i++)
        {
            levels[i] = WindowLevel.Of(normalization, sequences.Slice(i * size, size), InputSize);
            levels[i].Apply(sequences.Slice(i * size, size), normalized.AsSpan(i * size, size));
        }

        _nodes.RunMany(normalized, beside, output, count, steps);
        for (int i = 0; i < count; i++)
            levels[i].Undo(output.Slice(i * outputs, outputs), normalization.Targets);
    }

    private void RunPairs(ReadOnlySpan<float> sources, ReadOnlySpan<float> targets, Span<float> output, int count)
    {
        int from = sources.Length / count, to = targets.Length / count, given = output.Length / count;
        for (int i = 0; i < count; i++)
        {
            ManagedPlan decoder = Decoder(sources.Slice(i * from, from))._nodes;
            decoder.RunMany(targets.Slice(i * to, to), default, output.Slice(i * given, given), 1, to / _plan.Inputs[^1].Size);
        }
    }

    private int OutputSteps(int steps, int beside) => _nodes.OutputSteps(_plan.IsOpen ? beside / _plan.Inputs[^1].Size : steps);

    private static float[] Whole(ManagedPlan encoder, ReadOnlySpan<float> source, int inputSize)
    {
        int steps = source.Length / inputSize;
        var output = new float[encoder.OutputSteps(steps) * encoder.OutputSize];
        encoder.RunMany(source, default, output, 1, steps);
        return output;
    }

    private static void MustBe(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"Expected {expected} values; found {length}.", name);
    }
}

/// <summary>Sequences of a scoring that are run together.</summary>
/// <param name="First">The first one.</param>
/// <param name="Count">Their number.</param>
/// <param name="Steps">The steps of each.</param>
internal readonly record struct ScoredPart(int First, int Count, int Steps);

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A network with its weights in plain C#, without any native library: step by step with a state per stream, or whole
/// sequences at once. Immutable; any number of threads and streams may use it.
/// </summary>
internal sealed class ManagedNetwork
{
    /// <summary>The first floats of a state: the bits of its step counter.</summary>
    public const int CounterSize = 2;

    private readonly NetworkPlan _plan;
    private readonly ManagedPlan _nodes;

    public ManagedNetwork(NetworkPlan plan, Weights weights)
    {
        weights.MustFit(plan.AllWeights());
        (_plan, _nodes) = (plan, new ManagedPlan(plan, weights));
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
    public bool CanStep => _plan.Normalization is null && _nodes.CanStep;

    /// <summary>Number of floats of state per stream: one flat block that may be copied, stored and restored. All 0 at the start.</summary>
    public int StateSize => IManagedLayer.Size((long)CounterSize + (_plan.Normalization is null ? _nodes.StateSize : 0));

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
        MustBe(beside.Length, BesideSize, nameof(beside));
        if (_plan.Normalization is not null)
            throw new NotSupportedException("A window that is normalised as a whole cannot be fed step by step: run the whole window.");
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
        MustBe(beside.Length, BesideSize, nameof(beside));
        var output = new float[_nodes.OutputSteps(sequence.Length / InputSize) * OutputSize];
        Run(sequence, beside, output);
        return output;
    }

    /// <summary>Whole sequences, one after the other.</summary>
    /// <param name="input">[batch, T, InputSize].</param>
    /// <param name="batch">The number of sequences; at least 1.</param>
    /// <param name="lengths">The number of valid steps of each; null: all.</param>
    /// <param name="beside">[batch, BesideSize].</param>
    /// <returns>[batch, T, OutputSize], zeros after a sequence's last step; or [batch, OutputSize].</returns>
    public float[] Score(ReadOnlySpan<float> input, int batch, long[]? lengths = null, ReadOnlySpan<float> beside = default)
    {
        int row = input.Length / batch, most = row / InputSize, size = _nodes.OutputSteps(most) * OutputSize;
        var output = new float[batch * size];
        for (int i = 0; i < batch; i++)
        {
            int steps = lengths is null ? most : (int)lengths[i];
            Span<float> own = output.AsSpan(i * size, _nodes.OutputSteps(steps) * OutputSize);
            Run(input.Slice(i * row, steps * InputSize), beside.Slice(i * BesideSize, BesideSize), own);
        }

        return output;
    }

    private void Run(ReadOnlySpan<float> sequence, ReadOnlySpan<float> beside, Span<float> output)
    {
        int steps = sequence.Length / InputSize;
        if (_plan.Normalization is not { } normalization)
        {
            _nodes.Run(sequence, beside, output, steps);
            return;
        }

        var window = WindowLevel.Of(normalization, sequence, InputSize);
        _nodes.Run(window.Apply(sequence), beside, output, steps);
        window.Undo(output, normalization.Targets);
    }

    private static void MustBe(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"Expected {expected} values; found {length}.", name);
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A layer tree with its weights in plain C#, without any native library: step by step with a state per stream, or whole
/// sequences at once. Immutable; any number of threads and streams may use it.
/// </summary>
internal sealed class ManagedNetwork
{
    /// <summary>The first floats of a state: the bits of its step counter.</summary>
    public const int CounterSize = 2;

    private readonly IManagedLayer _root;

    public ManagedNetwork(Layer network, int inputSize, Weights weights)
    {
        weights.MustFit(network.AllWeights(inputSize));
        _root = IManagedLayer.Create(network, inputSize, "", weights);
    }

    public int InputSize => _root.InputSize;

    public int OutputSize => _root.OutputSize;

    /// <summary>Whether <see cref="Step"/> can be called: not where a sequence must be whole: normalised as a window, or read backwards.</summary>
    public bool CanStep => _root.CanStep;

    /// <summary>Floats of state per stream: one flat block that may be copied, stored and restored. All 0 at the start.</summary>
    public int StateSize => IManagedLayer.Size((long)CounterSize + _root.StateSize);

    /// <summary>One step of a stream: [InputSize] to [OutputSize]. Allocates nothing.</summary>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state)
    {
        MustBe(input.Length, InputSize, nameof(input));
        MustBe(output.Length, OutputSize, nameof(output));
        MustBe(state.Length, StateSize, nameof(state));
        Span<byte> counter = MemoryMarshal.AsBytes(state[..CounterSize]);
        long time = BinaryPrimitives.ReadInt64LittleEndian(counter);
        _root.Step(input, output, state[CounterSize..], time);
        BinaryPrimitives.WriteInt64LittleEndian(counter, time + 1);
    }

    /// <summary>A whole sequence, [steps, InputSize], to what the network makes of it: [steps, OutputSize], or the last step's alone.</summary>
    public float[] Run(ReadOnlySpan<float> sequence)
    {
        if (sequence.Length == 0 || sequence.Length % InputSize != 0)
            throw new ArgumentException($"Expected a whole number of steps of {InputSize} values, at least one; found {sequence.Length} values.", nameof(sequence));
        int steps = sequence.Length / InputSize;
        var output = new float[_root.OutputSteps(steps) * OutputSize];
        _root.Run(sequence, output, steps);
        return output;
    }

    /// <summary>Whole sequences, one after the other.</summary>
    /// <param name="input">[batch, T, InputSize].</param>
    /// <param name="batch">The number of sequences; at least 1.</param>
    /// <param name="lengths">The valid steps of each; null: all.</param>
    /// <returns>[batch, T, OutputSize], zeros after a sequence's last step; or [batch, OutputSize].</returns>
    public float[] Score(ReadOnlySpan<float> input, int batch, long[]? lengths = null)
    {
        int row = input.Length / batch, most = row / InputSize, size = _root.OutputSteps(most) * OutputSize;
        var output = new float[batch * size];
        for (int i = 0; i < batch; i++)
        {
            int steps = lengths is null ? most : (int)lengths[i];
            _root.Run(input.Slice(i * row, steps * InputSize), output.AsSpan(i * size, _root.OutputSteps(steps) * OutputSize), steps);
        }

        return output;
    }

    private static void MustBe(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"Expected {expected} values; found {length}.", name);
    }
}

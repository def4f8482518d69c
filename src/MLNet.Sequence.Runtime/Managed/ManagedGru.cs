using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of r, z and both parts of n.</summary>
internal sealed class ManagedGru : IManagedLayer
{
    private readonly PackedMatrix _inputGates, _inputNew, _recurrent;
    private readonly float[] _inputBias, _recurrentBias;

    public ManagedGru(GruLayer layer, int inputSize, Func<string, float[]> own)
    {
        int n = layer.HiddenSize;
        (InputSize, OutputSize) = (inputSize, n);
        ReadOnlySpan<float> input = own("weight_ih");
        _inputGates = new PackedMatrix(input[..(2 * n * inputSize)], 2 * n, inputSize);
        _inputNew = new PackedMatrix(input[(2 * n * inputSize)..], n, inputSize);
        _recurrent = new PackedMatrix(own("weight_hh"), 3 * n, n);
        // The two biases of r and z only ever appear as a sum; those of n do not.
        _recurrentBias = [.. own("bias_hh")];
        TensorPrimitives.Add(own("bias_ih").AsSpan(0, 2 * n), _recurrentBias.AsSpan(0, 2 * n), _recurrentBias);
        _inputBias = own("bias_ih")[(2 * n)..];
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize => 5 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], gates = state.Slice(n, 3 * n), fresh = state.Slice(4 * n, n);
        _recurrentBias.CopyTo(gates);
        _recurrent.MultiplyAdd(h, gates);
        Span<float> r = gates[..n], z = gates.Slice(n, n), recurrent = gates.Slice(2 * n, n);
        _inputGates.MultiplyAdd(input, gates[..(2 * n)]);
        TensorPrimitives.Sigmoid(gates[..(2 * n)], gates[..(2 * n)]);
        _inputBias.CopyTo(fresh);
        _inputNew.MultiplyAdd(input, fresh);
        TensorPrimitives.MultiplyAdd(r, recurrent, fresh, fresh);
        TensorPrimitives.Tanh(fresh, fresh);
        // h' = n + z (h − n)
        TensorPrimitives.Subtract(h, fresh, h);
        TensorPrimitives.MultiplyAdd(z, h, fresh, h);
        h.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var state = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), state, t);
    }
}

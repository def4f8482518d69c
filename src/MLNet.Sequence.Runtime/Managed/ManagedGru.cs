using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of r, z and the recurrent part of n.</summary>
internal sealed class ManagedGru : IManagedLayer
{
    private readonly PackedMatrix _inputGates, _inputNew, _recurrentGates, _recurrentNew;
    private readonly float[] _gateBias, _newBias, _recurrentNewBias;

    public ManagedGru(GruLayer layer, int inputSize, Func<string, float[]> own)
    {
        int n = layer.HiddenSize;
        (InputSize, OutputSize) = (inputSize, n);
        ReadOnlySpan<float> input = own("weight_ih"), recurrent = own("weight_hh");
        _inputGates = new PackedMatrix(input[..(2 * n * inputSize)], 2 * n, inputSize);
        _inputNew = new PackedMatrix(input[(2 * n * inputSize)..], n, inputSize);
        _recurrentGates = new PackedMatrix(recurrent[..(2 * n * n)], 2 * n, n);
        _recurrentNew = new PackedMatrix(recurrent[(2 * n * n)..], n, n);
        // The two biases of r and z only ever appear as a sum; those of n do not.
        _gateBias = new float[2 * n];
        TensorPrimitives.Add(own("bias_ih").AsSpan(0, 2 * n), own("bias_hh").AsSpan(0, 2 * n), _gateBias);
        (_newBias, _recurrentNewBias) = (own("bias_ih")[(2 * n)..], own("bias_hh")[(2 * n)..]);
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize => 4 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], gates = state.Slice(n, 2 * n);
        _inputGates.Multiply(input, _gateBias, gates);
        _inputNew.Multiply(input, _newBias, output);
        Advance(h, gates, state.Slice(3 * n, n), output);
        output.CopyTo(h);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int n = OutputSize;
        float[] gates = new float[steps * 2 * n], work = new float[n];
        _inputGates.Multiply(input, _gateBias, gates, steps);
        _inputNew.Multiply(input, _newBias, output, steps);
        ReadOnlySpan<float> h = new float[n];
        for (int t = 0; t < steps; t++)
        {
            Span<float> next = output.Slice(t * n, n);
            Advance(h, gates.AsSpan(t * 2 * n, 2 * n), work, next);
            h = next;
        }
    }

    /// <param name="h">The state before.</param>
    /// <param name="gates">The input's contribution for r and z; overwritten.</param>
    /// <param name="work">Working space of n values.</param>
    /// <param name="next">The input's contribution for the new state; then the state after.</param>
    private void Advance(ReadOnlySpan<float> h, Span<float> gates, Span<float> work, Span<float> next)
    {
        int n = OutputSize;
        Span<float> r = gates[..n], z = gates.Slice(n, n);
        _recurrentGates.MultiplyAdd(h, gates);
        TensorPrimitives.Sigmoid(gates, gates);
        _recurrentNew.Multiply(h, _recurrentNewBias, work);
        TensorPrimitives.MultiplyAdd(r, work, next, next);
        TensorPrimitives.Tanh(next, next);
        // h' = n + z (h − n)
        TensorPrimitives.Subtract(h, next, work);
        TensorPrimitives.MultiplyAdd(z, work, next, next);
    }
}

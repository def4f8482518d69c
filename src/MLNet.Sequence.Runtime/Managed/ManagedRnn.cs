using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of the next one.</summary>
internal sealed class ManagedRnn : IManagedLayer
{
    private readonly PackedMatrix _input, _recurrent;
    private readonly float[] _bias;
    private readonly bool _rectified;

    public ManagedRnn(RnnLayer layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, OutputSize) = (inputSize, layer.HiddenSize);
        _rectified = layer.Activation switch
        {
            ActivationKind.Tanh => false,
            ActivationKind.Relu => true,
            _ => throw new NotSupportedException($"A simple recurrent layer has tanh or ReLU, not {layer.Activation}."),
        };
        _input = new PackedMatrix(own("weight_ih"), OutputSize, inputSize);
        _recurrent = new PackedMatrix(own("weight_hh"), OutputSize, OutputSize);
        _bias = new float[OutputSize];
        TensorPrimitives.Add(own("bias_ih"), own("bias_hh"), _bias);
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize => 2 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> h = state[..OutputSize], next = state.Slice(OutputSize, OutputSize);
        _input.Multiply(input, _bias, next);
        Advance(h, next);
        next.CopyTo(h);
        next.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        _input.Multiply(input, _bias, output, steps);
        ReadOnlySpan<float> h = new float[OutputSize];
        for (int t = 0; t < steps; t++)
        {
            Span<float> next = output.Slice(t * OutputSize, OutputSize);
            Advance(h, next);
            h = next;
        }
    }

    /// <param name="h">The state before.</param>
    /// <param name="next">The input's contribution; then the state after.</param>
    private void Advance(ReadOnlySpan<float> h, Span<float> next)
    {
        _recurrent.MultiplyAdd(h, next);
        if (_rectified)
            TensorPrimitives.Max(next, 0, next);
        else
            TensorPrimitives.Tanh(next, next);
    }
}

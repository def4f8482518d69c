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
        _bias.CopyTo(next);
        _input.MultiplyAdd(input, next);
        _recurrent.MultiplyAdd(h, next);
        if (_rectified)
            TensorPrimitives.Max(next, 0, h);
        else
            TensorPrimitives.Tanh(next, h);
        h.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var state = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), state, t);
    }
}

using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedDense(Dense layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), layer.Size, inputSize);
    private readonly float[] _bias = own("bias");

    public int InputSize => inputSize;

    public int OutputSize => layer.Size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        _bias.CopyTo(output);
        _weight.MultiplyAdd(input, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), default, t);
    }

    /// <summary>y += W x + b at one step.</summary>
    public void Add(ReadOnlySpan<float> input, Span<float> output)
    {
        TensorPrimitives.Add(output, _bias, output);
        _weight.MultiplyAdd(input, output);
    }
}

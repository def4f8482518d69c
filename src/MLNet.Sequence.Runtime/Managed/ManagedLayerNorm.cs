using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedLayerNorm(int size, Func<string, float[]> own) : IManagedLayer
{
    private readonly float[] _weight = own("weight"), _bias = own("bias");

    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        TensorPrimitives.Subtract(input, TensorPrimitives.Sum(input) / size, output);
        double variance = TensorPrimitives.SumOfSquares(output) / size;
        TensorPrimitives.Multiply(output, (float)(1 / Math.Sqrt(variance + LayerNorm.Epsilon)), output);
        TensorPrimitives.MultiplyAdd(output, _weight, _bias, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * size, size), output.Slice(t * size, size), default, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(this, wanted);
}

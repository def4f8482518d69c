using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedDense(Dense layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), layer.Size, inputSize, own("bias"));
    private readonly float[] _bias = own("bias");

    public int InputSize => inputSize;

    public int OutputSize => layer.Size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) => _weight.Multiply(input, output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => _weight.Multiply(input, output, steps);

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(this, wanted);

    public void RunMany(ReadOnlySpan<float> input, Span<float> output, int sequences, int steps) => Run(input, output, sequences * steps);

    /// <summary>y += W x + b at each of the given steps.</summary>
    public void Add(ReadOnlySpan<float> input, Span<float> output, int steps = 1)
    {
        for (int t = 0; t < steps; t++)
            TensorPrimitives.Add(output.Slice(t * OutputSize, OutputSize), _bias, output.Slice(t * OutputSize, OutputSize));
        _weight.MultiplyAdd(input, output, steps);
    }
}

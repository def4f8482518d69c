using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is a ring of the last (k − 1)·d inputs, as in Fast WaveNet (Paine et al., arXiv 1611.09482, section 2): a step costs k small
/// products, for any dilation.
/// </summary>
internal sealed class ManagedCausalConv : IManagedLayer
{
    private readonly CausalConv _layer;
    private readonly PackedMatrix[] _taps;

    public ManagedCausalConv(CausalConv layer, int inputSize, Func<string, float[]> own)
    {
        (_layer, InputSize) = (layer, inputSize);
        float[] kernel = layer.WeightNormalized ? Normalize(own("weight_v"), own("weight_g")) : own("weight");
        _taps = [.. Enumerable.Range(0, layer.KernelSize).Select(tap =>
            new PackedMatrix(Tap(kernel, tap), layer.Channels, inputSize, tap == layer.KernelSize - 1 ? own("bias") : []))];
    }

    public int InputSize { get; }

    public int OutputSize => _layer.Channels;

    public int StateSize => IManagedLayer.Size((long)Ring * InputSize);

    private int Ring => (_layer.KernelSize - 1) * _layer.Dilation;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        _taps[^1].Multiply(input, output);
        for (int back = 1; back < _taps.Length; back++)
        {
            long then = time - (long)back * _layer.Dilation;
            if (then >= 0)
                _taps[^(back + 1)].MultiplyAdd(state.Slice((int)(then % Ring) * InputSize, InputSize), output);
        }

        // The oldest input was read above; the newest one replaces it.
        if (Ring > 0)
            input.CopyTo(state.Slice((int)(time % Ring) * InputSize, InputSize));
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        _taps[^1].Multiply(input, output, steps);
        for (int back = 1; back < _taps.Length && (long)back * _layer.Dilation < steps; back++)
        {
            int first = back * _layer.Dilation;
            _taps[^(back + 1)].MultiplyAdd(input, output[(first * OutputSize)..], steps - first);
        }
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedConv(this, _taps, _layer.Dilation, wanted);

    // [D, C, k] → [D, C]
    private float[] Tap(float[] kernel, int tap) =>
        [.. Enumerable.Range(0, kernel.Length / _layer.KernelSize).Select(i => kernel[i * _layer.KernelSize + tap])];

    private static float[] Normalize(float[] direction, float[] gain)
    {
        var kernel = new float[direction.Length];
        int length = direction.Length / gain.Length;
        for (int row = 0; row < gain.Length; row++)
        {
            ReadOnlySpan<float> v = direction.AsSpan(row * length, length);
            TensorPrimitives.Multiply(v, gain[row] / TensorPrimitives.Norm(v), kernel.AsSpan(row * length, length));
        }

        return kernel;
    }
}

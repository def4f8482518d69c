using System.Numerics.Tensors;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Distilled;

/// <summary>The weights of a block of a flow's WaveNet, laid out for products over many samples.</summary>
internal sealed class FlowBlock
{
    private readonly PackedMatrix? _conditions;
    private readonly float[] _bias;

    /// <param name="student">The sizes.</param>
    /// <param name="index">The block's number; its dilation is 2^index.</param>
    /// <param name="isConditioned">Whether it reads conditions.</param>
    /// <param name="own">The block's weights by name.</param>
    public FlowBlock(ParallelWaveNet student, int index, bool isConditioned, Func<string, float[]> own)
    {
        int channels = Channels = student.Channels;
        string convolution = isConditioned ? "inner.0.head" : "inner.0";
        float[] kernel = own($"{convolution}.weight");
        Dilation = 1 << index;
        Reach = (student.KernelSize - 1) * Dilation;
        // W_f above W_g in one kernel: [2 C, C, k]
        Value = Taps(kernel, (0, channels), (channels, student.KernelSize));
        Gate = Taps(kernel, (channels, channels), (channels, student.KernelSize));
        _bias = own($"{convolution}.bias");
        if (isConditioned)
        {
            float[] weight = own("inner.0.tail.weight");
            _conditions = new PackedMatrix(weight, 2 * channels, weight.Length / (2 * channels), own("inner.0.tail.bias"));
        }

        Skip = new PackedMatrix(own("skip.weight"), student.SkipChannels, channels);
        ResidualBias = [];
        if (index == student.Levels - 1)
            return;
        Residual = new PackedMatrix(own("residual.weight"), channels, channels);
        ResidualBias = FlowNetwork.Repeat(own("residual.bias"));
    }

    /// <summary>The number of steps before a step that it reads.</summary>
    public int Reach { get; }

    private int Dilation { get; }

    private int Channels { get; }

    /// <summary>The taps of tanh's part, the newest last.</summary>
    private PackedMatrix[] Value { get; }

    /// <summary>The taps of the gate's part.</summary>
    private PackedMatrix[] Gate { get; }

    public PackedMatrix Skip { get; }

    /// <summary>Null in the last block.</summary>
    public PackedMatrix? Residual { get; }

    public float[] ResidualBias { get; }

    /// <summary>What both parts begin with, in each frame: the bias of the convolution, and what the conditions add.</summary>
    public float[] Start(float[] conditions, int frames)
    {
        var start = new float[frames * _bias.Length];
        _conditions?.Multiply(conditions, start, frames);
        for (int frame = 0; frame < frames; frame++)
        {
            Span<float> own = start.AsSpan(frame * _bias.Length, _bias.Length);
            TensorPrimitives.Add(own, _bias, own);
        }

        return start;
    }

    /// <summary>Adds Σ W_j x_(t − j · dilation) to the value and the gate of n steps.</summary>
    /// <param name="x">The steps, after <see cref="Reach"/> steps before them.</param>
    /// <param name="gated">Value and gate, [n × channels] each.</param>
    /// <param name="n">The number of steps.</param>
    public void Convolve(ReadOnlySpan<float> x, (float[] Value, float[] Gate) gated, int n)
    {
        for (int tap = 0; tap < Value.Length; tap++)
        {
            ReadOnlySpan<float> seen = x.Slice(tap * Dilation * Channels, n * Channels);
            Value[tap].MultiplyAdd(seen, gated.Value, n);
            Gate[tap].MultiplyAdd(seen, gated.Gate, n);
        }
    }

    /// <summary>The taps of some rows of a kernel [D, C, k], the newest last.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="shape">C and k.</param>
    public static PackedMatrix[] Taps(float[] kernel, (int First, int Count) rows, (int Columns, int Size) shape)
    {
        ((int first, int count), (int columns, int size)) = (rows, shape);
        return [.. Enumerable.Range(0, size).Select(tap => new PackedMatrix(
            [.. Enumerable.Range(first * columns, count * columns).Select(i => kernel[i * size + tap])], count, columns))];
    }
}

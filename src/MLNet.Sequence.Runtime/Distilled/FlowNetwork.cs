using System.Buffers;
using System.Numerics.Tensors;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Distilled;

/// <summary>
/// The WaveNet of a flow over many samples at once. <see cref="ManagedNetwork"/> gives the same numbers, layer by layer; here a product is one for all
/// samples, and what conditions add to a block is computed once for a frame, not for each of its samples.
/// </summary>
internal sealed class FlowNetwork
{
    private const int Repeated = 64;

    private readonly int _channels, _skips;
    private readonly PackedMatrix[] _first;
    private readonly float[] _firstBias, _skipBias;
    private readonly FlowBlock[] _blocks;
    private readonly PackedMatrix _dense, _head;
    private readonly IManagedLayer? _vectors;

    public FlowNetwork(ParallelWaveNet student, NetworkPlan plan, Weights weights)
    {
        (_channels, _skips) = (student.Channels, student.SkipChannels);
        bool isConditioned = plan.Inputs.Count > 1 || plan.InputSize > 1;
        float[] Of(string name) => [.. weights[$"backbone.{name}"].Values];
        string head = isConditioned ? ".head" : "";
        _first = FlowBlock.Taps(Of($"first{head}.weight"), (0, _channels), (1, student.KernelSize));
        _firstBias = Repeat(Of($"first{head}.bias"));
        _blocks = [.. Enumerable.Range(0, student.Levels).Select(i => new FlowBlock(student, i, isConditioned, name => Of($"blocks.{i}.{name}")))];
        var bias = new float[_skips];
        foreach (int i in Enumerable.Range(0, student.Levels))
            TensorPrimitives.Add(bias, Of($"blocks.{i}.skip.bias"), bias);
        _skipBias = Repeat(bias);
        _dense = new PackedMatrix(Of("dense.weight"), _skips, _skips, Of("dense.bias"));
        _head = new PackedMatrix([.. weights["head.weight"].Values], 2, _skips, [.. weights["head.bias"].Values]);
        if (plan.Find(ForecastingPlan.StaticVectors) is { } node)
            _vectors = IManagedLayer.Create(node.Layer, plan.InputSizeOf(node), node.Path, weights);
    }

    /// <summary>What each block's gates begin with, in each frame: [blocks][frames × 2 channels].</summary>
    public float[][] Start(StudentSound sound)
    {
        float[] statics = sound.Static;
        if (_vectors is not null)
        {
            statics = new float[_vectors.OutputSize];
            _vectors.Run(sound.Static, statics, 1);
        }

        float[] conditions = [.. Enumerable.Range(0, sound.FrameCount).SelectMany(frame => (float[])[.. sound.Frame(frame), .. statics])];
        return [.. _blocks.Select(block => block.Start(conditions, sound.FrameCount))];
    }

    /// <summary>μ and the logarithm of s, [n × 2], of samples from a given one on.</summary>
    /// <param name="before">The level before each sample, [n].</param>
    /// <param name="first">The first sample.</param>
    /// <param name="sound">The sound, whose frames are read.</param>
    /// <param name="start">From <see cref="Start"/>.</param>
    public float[] Run(ReadOnlySpan<float> before, int first, StudentSound sound, float[][] start)
    {
        int n = before.Length, wide = n * _channels, across = n * _skips;
        float[] room = ArrayPool<float>.Shared.Rent(3 * wide + 2 * across);
        Span<float> x = room.AsSpan(0, wide), value = room.AsSpan(wide, wide), gate = room.AsSpan(2 * wide, wide);
        Span<float> skip = room.AsSpan(3 * wide, across), other = room.AsSpan(3 * wide + across, across);
        x.Clear();
        skip.Clear();
        AddRepeated(_firstBias, x);
        FlowBlock.Convolve(_first, 1, 1, before, x, n);
        AddRepeated(_skipBias, skip);
        for (int i = 0; i < _blocks.Length; i++)
        {
            FlowBlock block = _blocks[i];
            for (int t = 0; t < n; t++)
            {
                ReadOnlySpan<float> own = start[i].AsSpan(sound.FrameOf(first + t) * 2 * _channels, 2 * _channels);
                own[.._channels].CopyTo(value[(t * _channels)..]);
                own[_channels..].CopyTo(gate[(t * _channels)..]);
            }

            FlowBlock.Convolve(block.Value, block.Dilation, _channels, x, value, n);
            FlowBlock.Convolve(block.Gate, block.Dilation, _channels, x, gate, n);
            TensorPrimitives.Tanh(value, value);
            TensorPrimitives.Sigmoid(gate, gate);
            TensorPrimitives.Multiply(value, gate, value);
            block.Skip.MultiplyAdd(value, skip, n);
            if (block.Residual is { } residual)
            {
                AddRepeated(block.ResidualBias, x);
                residual.MultiplyAdd(value, x, n);
            }
        }

        TensorPrimitives.Max(skip, 0, skip);
        _dense.Multiply(skip, other, n);
        TensorPrimitives.Max(other, 0, other);
        var output = new float[2 * n];
        _head.Multiply(other, output, n);
        ArrayPool<float>.Shared.Return(room);
        return output;
    }

    /// <summary>A vector, often enough for many steps at a time.</summary>
    internal static float[] Repeat(float[] vector) => [.. Enumerable.Repeat(vector, Repeated).SelectMany(one => one)];

    private static void AddRepeated(float[] vectors, Span<float> rows)
    {
        for (; !rows.IsEmpty; rows = rows[Math.Min(rows.Length, vectors.Length)..])
        {
            Span<float> part = rows[..Math.Min(rows.Length, vectors.Length)];
            TensorPrimitives.Add(part, vectors.AsSpan(0, part.Length), part);
        }
    }
}

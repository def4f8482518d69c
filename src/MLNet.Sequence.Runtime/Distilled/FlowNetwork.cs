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
    private const int Repeated = 64, Tile = 256;

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
        // A tile at a time, so that all of it stays in the cache. A block's input begins with the steps before the tile that its taps reach.
        var output = new float[2 * before.Length];
        float[][] inputs = [.. _blocks.Select(block => new float[(block.Reach + Tile) * _channels])];
        float[] value = new float[Tile * _channels], gate = new float[Tile * _channels];
        float[] skip = new float[Tile * _skips], other = new float[Tile * _skips];
        for (int from = 0; from < before.Length; from += Tile)
        {
            int n = Math.Min(Tile, before.Length - from);
            Span<float> x = inputs[0].AsSpan(_blocks[0].Reach * _channels, n * _channels);
            Fill(_firstBias, x);
            for (int back = 0; back < _first.Length; back++)
            {
                int missing = Math.Max(0, back - from);
                if (missing >= n)
                    break;
                _first[^(back + 1)].MultiplyAdd(before.Slice(from - back + missing, n - missing), x[(missing * _channels)..], n - missing);
            }

            Fill(_skipBias, skip.AsSpan(0, n * _skips));
            for (int i = 0; i < _blocks.Length; i++)
            {
                FlowBlock block = _blocks[i];
                for (int t = 0; t < n; t++)
                {
                    ReadOnlySpan<float> own = start[i].AsSpan(sound.FrameOf(first + from + t) * 2 * _channels, 2 * _channels);
                    own[.._channels].CopyTo(value.AsSpan(t * _channels));
                    own[_channels..].CopyTo(gate.AsSpan(t * _channels));
                }

                block.Convolve(inputs[i], (value, gate), n);
                TensorPrimitives.Tanh(value.AsSpan(0, n * _channels), value);
                TensorPrimitives.Sigmoid(gate.AsSpan(0, n * _channels), gate);
                TensorPrimitives.Multiply(value.AsSpan(0, n * _channels), gate.AsSpan(0, n * _channels), value);
                block.Skip.MultiplyAdd(value, skip, n);
                if (block.Residual is { } residual)
                {
                    Span<float> next = inputs[i + 1].AsSpan(_blocks[i + 1].Reach * _channels, n * _channels);
                    Fill(block.ResidualBias, next);
                    TensorPrimitives.Add(next, inputs[i].AsSpan(block.Reach * _channels, n * _channels), next);
                    residual.MultiplyAdd(value, next, n);
                }

                // What the next tile's taps reach.
                inputs[i].AsSpan(n * _channels, block.Reach * _channels).CopyTo(inputs[i]);
            }

            TensorPrimitives.Max(skip, 0, skip);
            _dense.Multiply(skip, other, n);
            TensorPrimitives.Max(other, 0, other);
            _head.Multiply(other, output.AsSpan(2 * from), n);
        }

        return output;
    }

    /// <summary>A vector, often enough for many steps at a time.</summary>
    internal static float[] Repeat(float[] vector) => [.. Enumerable.Repeat(vector, Repeated).SelectMany(one => one)];

    private static void Fill(float[] vectors, Span<float> rows)
    {
        for (; !rows.IsEmpty; rows = rows[Math.Min(rows.Length, vectors.Length)..])
            vectors.AsSpan(0, Math.Min(rows.Length, vectors.Length)).CopyTo(rows);
    }
}

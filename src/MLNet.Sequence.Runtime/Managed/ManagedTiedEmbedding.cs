using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is a token's vector, that of the inner layers, and their output.</summary>
internal sealed class ManagedTiedEmbedding : IManagedLayer
{
    private readonly TiedEmbedding _layer;
    private readonly float[] _weight;
    private readonly PackedMatrix _logits;
    private readonly IManagedLayer _inner;
    private readonly float _scale;

    public ManagedTiedEmbedding(TiedEmbedding layer, IManagedLayer[] children, Func<string, float[]> own)
    {
        (_layer, _weight) = (layer, own("weight"));
        _logits = new PackedMatrix(_weight, layer.Vocabulary, layer.Size, own("bias"));
        _inner = new ManagedSequential(children, layer.Size);
        _scale = MathF.Sqrt(layer.Size);
    }

    public int InputSize => 1;

    public int OutputSize => _layer.Vocabulary;

    public int StateSize => IManagedLayer.Size(_inner.StateSize + 2L * _layer.Size);

    public bool CanStep => _inner.CanStep;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> vector = state[..Size], hidden = state.Slice(Size, Size);
        Look(input[0], vector);
        _inner.Step(vector, hidden, state[(2 * Size)..], time);
        _logits.Multiply(hidden, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        float[] vectors = new float[steps * Size], hidden = new float[steps * Size];
        for (int t = 0; t < steps; t++)
            Look(input[t], vectors.AsSpan(t * Size, Size));
        _inner.Run(vectors, hidden, steps);
        _logits.Multiply(hidden, output, steps);
    }

    private int Size => _layer.Size;

    private void Look(float token, Span<float> vector) =>
        TensorPrimitives.Multiply(_weight.AsSpan((int)token * Size, Size), _scale, vector);
}

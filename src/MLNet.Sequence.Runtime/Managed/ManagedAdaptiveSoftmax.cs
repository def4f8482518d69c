using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>All clusters, at every step. The state is working space: the head's logits and a projection.</summary>
internal sealed class ManagedAdaptiveSoftmax : IManagedLayer
{
    private readonly AdaptiveSoftmax _layer;
    private readonly PackedMatrix _head;
    private readonly PackedMatrix[] _projections, _tails;

    public ManagedAdaptiveSoftmax(AdaptiveSoftmax layer, int inputSize, Func<string, float[]> own)
    {
        (_layer, InputSize) = (layer, inputSize);
        int[] clusters = [.. Enumerable.Range(0, layer.Cutoffs.Count)];
        _head = new PackedMatrix(own("head"), layer.HeadSize, inputSize);
        _projections = Array.ConvertAll(clusters, i => new PackedMatrix(own($"projection{i}"), AdaptiveSoftmax.ProjectionSize(i, inputSize), inputSize));
        _tails = Array.ConvertAll(clusters, i =>
            new PackedMatrix(own($"tail{i}"), layer.ClusterEnd(i) - layer.Cutoffs[i], AdaptiveSoftmax.ProjectionSize(i, inputSize)));
    }

    public int InputSize { get; }

    public int OutputSize => _layer.Vocabulary;

    public int StateSize => _layer.HeadSize + AdaptiveSoftmax.ProjectionSize(0, InputSize);

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> head = state[.._layer.HeadSize];
        _head.Multiply(input, head);
        Logits.Normalize(head);
        int frequent = _layer.Cutoffs[0];
        head[..frequent].CopyTo(output);
        for (int i = 0; i < _tails.Length; i++)
        {
            Span<float> projected = state.Slice(_layer.HeadSize, AdaptiveSoftmax.ProjectionSize(i, InputSize));
            Span<float> tail = output[_layer.Cutoffs[i].._layer.ClusterEnd(i)];
            _projections[i].Multiply(input, projected);
            _tails[i].Multiply(projected, tail);
            Logits.Normalize(tail);
            TensorPrimitives.Add(tail, head[frequent + i], tail);
        }
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var space = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), space, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedEach(this, wanted);
}

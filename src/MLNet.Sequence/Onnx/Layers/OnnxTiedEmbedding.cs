using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxTiedEmbedding(TiedEmbedding layer, IOnnxLayer[] children, OnnxWeights own) : IOnnxLayer
{
    private readonly OnnxEmbedding _lookup = new(own, Math.Sqrt(layer.Size));

    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue vectors = _lookup.Apply(input, pass);
        return own.Linear(children.Aggregate(vectors, (value, child) => child.Apply(value, pass)));
    }
}

using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxMinGru(MinGruLayer layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue[] parts = own.Linear(input).Split(-1, 2, layer.HiddenSize);
        // 1 − σ(z) = σ(−z)
        return OnnxMinimalCell.Run(-parts[0], parts[1], (own.Path("h"), layer.HiddenSize), pass);
    }
}

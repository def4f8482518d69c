using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxMinLstm(MinLstmLayer layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue[] parts = own.Linear(input).Split(-1, 3, layer.HiddenSize);
        // f / (f + i) = σ(ln f − ln i), with ln σ(x) = −ln(1 + e^−x)
        OnnxValue keep = (-parts[1]).Op("Softplus") - (-parts[0]).Op("Softplus");
        return OnnxMinimalCell.Run(keep, parts[2], (own.Path("h"), layer.HiddenSize), pass);
    }
}

using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxGru(GruLayer layer, OnnxWeights own) : IOnnxLayer
{
    // z, r, n of our r, z, n
    private readonly OnnxRecurrence _recurrence = new("GRU", layer.HiddenSize, [1, 0, 2], "h");

    // The reset gate multiplies the result of the product, including the bias.
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => _recurrence.Run(input, own, pass, Of("linear_before_reset", 1));
}

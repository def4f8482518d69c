using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The children: inner, and the shortcut if the widths differ.</summary>
internal sealed class OnnxResidual(Residual layer, IOnnxLayer[] children) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue around = layer.Conditions == 0 ? input : input.Slice(-1, 0, -layer.Conditions);
        OnnxValue sum = children[0].Apply(input, pass) + (children.Length == 2 ? children[1].Apply(around, pass) : around);
        if (layer.Scale != 1)
            sum *= (float)layer.Scale;
        return layer.Conditions == 0 ? sum : sum.Concat(-1, input.Slice(-1, -layer.Conditions)); // […, D] and […, K] → […, D + K]
    }
}

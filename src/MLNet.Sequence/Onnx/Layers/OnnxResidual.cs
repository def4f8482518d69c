namespace MLNet.Sequence.Onnx;

/// <summary>The children: inner, and the shortcut if the widths differ.</summary>
internal sealed class OnnxResidual(IOnnxLayer[] children) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) =>
        children[0].Apply(input, pass) + (children.Length == 2 ? children[1].Apply(input, pass) : input);
}

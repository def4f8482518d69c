using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxBranched(IOnnxLayer[] branches) : IOnnxLayer
{
    // N × [B, T, D] → [B, T, ΣD]
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => input.Graph.Node(
        "Concat", [.. branches.Select(branch => (OnnxValue?)branch.Apply(input, pass))], Of("axis", -1));
}

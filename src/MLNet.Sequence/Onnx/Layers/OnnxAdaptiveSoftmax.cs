using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxAdaptiveSoftmax(AdaptiveSoftmax layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue head = own.Multiply(input, "head").LogSoftmax();
        int frequent = layer.Cutoffs[0];
        IEnumerable<OnnxValue?> tails = Enumerable.Range(0, layer.Cutoffs.Count)
            .Select(i => (OnnxValue?)(Tail(i, input) + head.Slice(-1, frequent + i, frequent + i + 1)));
        return input.Graph.Node("Concat", tails.Prepend(head.Slice(-1, 0, frequent)), Of("axis", -1));
    }

    private OnnxValue Tail(int cluster, OnnxValue input) =>
        own.Multiply(own.Multiply(input, $"projection{cluster}"), $"tail{cluster}").LogSoftmax();
}

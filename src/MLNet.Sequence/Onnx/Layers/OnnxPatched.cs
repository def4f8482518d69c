using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// All patch sequences of all rows as one batch, [B·S, K, L·C]: the s-th sequence of a row has the patches that end at s, s + S, … The
/// state is the last L − 1 inputs, and S states of the inner layer, which are used in turn.
/// </summary>
internal sealed class OnnxPatched(PatchedLayer layer, int inputSize, IOnnxLayer inner, string path) : IOnnxLayer
{
    private readonly int _width = layer.Length * inputSize, _outputs = layer.OutputSize(inputSize);

    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => pass.State is { } state ? Step(input, state) : Whole(input, pass.Lengths);

    private OnnxValue Whole(OnnxValue input, OnnxValue? lengths)
    {
        OnnxGraph graph = input.Graph;
        OnnxValue steps = input.Size(1), stride = graph.Scalar(layer.Stride), patches = (steps + (layer.Stride - 1)).Op("Div", stride); // K
        OnnxValue ends = graph.Scalar(0).Op("Range", (patches * stride).Squeeze(0), graph.Scalar(1)); // [K·S]
        OnnxValue places = ends.Unsqueeze(1) + Row(graph, layer.Length, i => i - layer.Length + 1); // [K·S, L]
        OnnxValue known = input.Gather(1, places.AtLeast(0).AtMost(steps + -1)); // [B, T, C] → [B, K·S, L, C]
        OnnxValue x = places.Op("Less", graph.Scalar(0)).Unsqueeze(2).Where(graph.Constant(0f), known);
        // [B, K·S, L, C] → [B, K, S, L·C] → [B, S, K, L·C] → [B·S, K, L·C]
        OnnxValue sequences = x.Reshape(0, -1, layer.Stride, _width).Transpose(0, 2, 1, 3)
            .Op("Reshape", graph.Constant(-1).Concat(0, patches).Concat(0, graph.Constant(_width)));
        // A causal layer does not need the end of its sequence.
        var own = new OnnxPass { Lengths = layer.IsCausal ? null : PatchesIn(lengths ?? steps.Op("Expand", input.Size(0))) };
        OnnxValue shape = input.Size(0).Concat(0, graph.Constant(layer.Stride)).Concat(0, patches).Concat(0, graph.Constant(_outputs));
        // [B·S, K, D] → [B, S, K, D] → [B, K, S, D] → [B, K·S, D] → [B, T, D]
        return inner.Apply(sequences, own).Op("Reshape", shape).Transpose(0, 2, 1, 3).Reshape(0, -1, _outputs).Gather(1, input.Steps());
    }

    private OnnxValue Step(OnnxValue input, OnnxState state)
    {
        OnnxValue patch = layer.Length == 1
            ? input
            : state.Window(Layer.Join(path, "patch"), input, layer.Length - 1, inputSize).Reshape(0, _width); // [B, L, C] → [B, L·C]
        return inner.Apply(patch, new OnnxPass { State = state.InTurn(layer.Stride) });
    }

    // The number of patches of each sequence that end within the given lengths: [B] → [B·S]
    private OnnxValue PatchesIn(OnnxValue lengths)
    {
        OnnxGraph graph = lengths.Graph;
        return (lengths.Unsqueeze(1) + Row(graph, layer.Stride, i => layer.Stride - 1 - i)).Op("Div", graph.Scalar(layer.Stride)).Reshape(-1);
    }

    private static OnnxValue Row(OnnxGraph graph, int count, Func<int, long> value) =>
        graph.Constant([.. Enumerable.Range(0, count).Select(value)]);
}

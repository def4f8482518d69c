using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

/// <summary>ONNX's own recurrent operators: their sequences are [T, B, C], and their gates have another order.</summary>
/// <param name="Type">The operator.</param>
/// <param name="Size">Units.</param>
/// <param name="Gates">The index of our gate for each gate of the operator.</param>
/// <param name="States">The names of its states, the output first.</param>
internal sealed record OnnxRecurrence(string Type, int Size, int[] Gates, params string[] States)
{
    public OnnxValue Run(OnnxValue input, OnnxWeights own, OnnxPass pass, params AttributeProto[] attributes)
    {
        OnnxGraph graph = input.Graph;
        OnnxValue Stacked(string name) => own.Made(graph, $"{name}_stacked", [.. OnnxWeights.Reorder(own.Values(name), Gates)], 1, Gates.Length * Size,
            own.Values(name).Length / (Gates.Length * Size));
        float[] biases = [.. OnnxWeights.Reorder(own.Values("bias_ih"), Gates), .. OnnxWeights.Reorder(own.Values("bias_hh"), Gates)];
        OnnxValue[] before = [.. pass.State is { } state ? States.Select(name => state.Take(own.Path(name), Size)) : []];
        // [B, T, C] → [T, B, C], or [B, C] → [1, B, C]
        OnnxValue x = pass.State is null ? input.Transpose(1, 0, 2) : input.Unsqueeze(0);
        OnnxValue[] outputs = graph.Nodes(Type, 1 + States.Length,
            [x, Stacked("weight_ih"), Stacked("weight_hh"), own.Made(graph, "bias_stacked", biases, 1, biases.Length), null,
                .. before.Select(one => (OnnxValue?)one.Unsqueeze(0))],
            [Of("hidden_size", Size), .. attributes]);
        if (pass.State is null)
            return outputs[0].Squeeze(1).Transpose(1, 0, 2); // [T, 1, B, D] → [T, B, D] → [B, T, D]
        OnnxValue[] after = [.. outputs.Skip(1).Select(last => last.Squeeze(0))]; // [1, B, D] → [B, D]
        foreach ((OnnxValue taken, OnnxValue next) in before.Zip(after))
            pass.State.Put(taken, next);
        return after[0];
    }
}

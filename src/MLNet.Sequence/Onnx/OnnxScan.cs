using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>Recurrences without an ONNX operator, as a loop over the steps.</summary>
internal static class OnnxScan
{
    /// <summary>The states at every step, each [B, T, size].</summary>
    /// <param name="inputs">The inputs of the steps, each [B, T, …].</param>
    /// <param name="sizes">The sizes of the states.</param>
    /// <param name="next">Computes the states after a step from the states before it and its inputs, each [B, …].</param>
    /// <param name="backwards">Whether the loop starts at the last step; the results keep the order of the inputs.</param>
    /// <param name="first">The states before the first step, each [B, size]; null: zeros.</param>
    public static OnnxValue[] Run(
        OnnxValue[] inputs, int[] sizes, Func<OnnxValue[], OnnxValue[], OnnxValue[]> next, bool backwards = false, OnnxValue[]? first = null)
    {
        OnnxGraph graph = inputs[0].Graph, body = graph.Body();
        OnnxValue Row(string name, object size) => body.Input(name, DataType.Float, "", "batch", size);
        OnnxValue[] before = [.. sizes.Select(size => Row("before", size))], slices = [.. inputs.Select((_, i) => Row("at_step", $"channels_{i}"))];
        OnnxValue[] after = next(before, slices);
        // First the states, then the outputs of every step: the same values.
        foreach ((string name, int i) in Enumerable.Repeat("after", sizes.Length).Concat(Enumerable.Repeat("kept", sizes.Length))
            .Select((name, i) => (name, i % sizes.Length)))
            body.Output(name, after[i], (DataType.Float, "", ["batch", sizes[i]]));
        OnnxValue[] outputs = graph.Nodes("Scan", 2 * sizes.Length,
            [.. sizes.Select((size, i) => (OnnxValue?)(first?[i] ?? inputs[0].ZeroRows(size))), .. inputs.Select(input => (OnnxValue?)input)],
            Of("body", body.Proto), Of("num_scan_inputs", inputs.Length),
            Of("scan_input_axes", Enumerable.Repeat(1L, inputs.Length)), Of("scan_output_axes", Enumerable.Repeat(1L, sizes.Length)),
            Of("scan_input_directions", Enumerable.Repeat(backwards ? 1L : 0, inputs.Length)),
                Of("scan_output_directions", Enumerable.Repeat(backwards ? 1L : 0, sizes.Length)));
        return outputs[sizes.Length..];
    }
}

using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>Rotates queries and keys by their position (Su et al., arXiv 2104.09864): the pairs of channels of each head.</summary>
internal static class OnnxRotation
{
    /// <summary>Pairs 2i, 2i + 1 of [B, H, T, d] by the angles of the steps, [T] or [B, 1, 1]: (a cos − b sin, b cos + a sin).</summary>
    /// <param name="x">Queries or keys.</param>
    /// <param name="steps">The number of steps before each.</param>
    /// <param name="width">d.</param>
    /// <param name="own">The layer's weights, among which the graph has a constant.</param>
    public static OnnxValue Turn(OnnxValue x, OnnxValue steps, int width, OnnxWeights own)
    {
        double[] perStep = [.. Enumerable.Range(0, width).Select(i => CausalAttention.Angle(i / 2, width))];
        var crossed = new float[width * width];
        for (int i = 0; i < width; i += 2)
            (crossed[i * width + i + 1], crossed[(i + 1) * width + i]) = (1, -1);
        OnnxGraph graph = x.Graph;
        // In double precision, and reduced to one turn before the conversion to float: a stream may be long.
        OnnxValue angles = steps.Unsqueeze(-1).Cast(DataType.Double) * graph.Constant(perStep, width);
        angles = graph.Node("Mod", [angles, graph.Constant([2 * Math.PI])], Of("fmod", 1)).Cast(DataType.Float);
        OnnxValue other = x.MatMul(own.Made(graph, "crossed", crossed, width, width)); // (−b, a)
        return x * angles.Op("Cos") + other * angles.Op("Sin");
    }
}

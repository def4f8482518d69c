using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>The level and scale of windows.</summary>
internal sealed class OnnxWindowNormalized(WindowNormalized window, int inputSize)
{
    /// <summary>
    /// The value that is subtracted from each channel of a window, and its divisor, [B, T, C] → [B, 1, C]; 0 and 1 for kept channels.
    /// </summary>
    public (OnnxValue Level, OnnxValue? Scale) LevelAndScale(OnnxValue input, OnnxPass pass) => Keep(Measure(input, pass));

    /// <summary>Brings outputs, [B, H·K], with this many values, back to the level and scale of their windows.</summary>
    public OnnxValue Undo(OnnxValue output, int size, OnnxValue level, OnnxValue? scale)
    {
        OnnxValue y = output.Reshape(0, -1, window.Targets); // [B, H·K] → [B, H, K]
        y = y * scale?.Slice(2, 0, window.Targets) ?? y;
        y += level.Slice(2, 0, window.Targets);
        return y.Reshape(0, size); // [B, H, K] → [B, H·K]
    }

    private (OnnxValue Level, OnnxValue? Scale) Measure(OnnxValue input, OnnxPass pass)
    {
        if (window.Kind == WindowNormalization.LastValue)
            return (OnnxLastStep.At(input, pass).Unsqueeze(1), null);
        OnnxValue level = Mean(input, pass), difference = input - level;
        if (window.Kind == WindowNormalization.Mean)
            return (level, null);
        return (level, (Mean(difference * difference, pass) + (float)WindowNormalized.Epsilon).Op("Sqrt"));
    }

    // For kept channels the level is 0 and the scale is 1.
    private (OnnxValue Level, OnnxValue? Scale) Keep((OnnxValue Level, OnnxValue? Scale) measured)
    {
        if (window.Kept.Count == 0)
            return measured;
        OnnxGraph graph = measured.Level.Graph;
        OnnxValue kept = graph.Constant([.. Enumerable.Range(0, inputSize).Select(channel => window.Kept.Contains(channel) ? 1L : 0)]).Cast(DataType.Bool);
        return (kept.Where(graph.Constant(0f), measured.Level), measured.Scale is { } scale ? kept.Where(graph.Constant(1f), scale) : null);
    }

    private static OnnxValue Mean(OnnxValue x, OnnxPass pass) => pass.Valid(x) is { } valid
        ? valid.Where(x, x.Graph.Constant(0f)).Sum(keep: true, 1) / pass.Lengths!.Value.Cast(DataType.Float).Unsqueeze(1, 2)
        : x.Mean(keep: true, 1);
}

using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>The level and scale of windows.</summary>
internal sealed class OnnxWindowNormalized(WindowNormalized window, int inputSize)
{
    /// <summary>What is subtracted from each channel of a window and what it is divided by, [B, T, C] → [B, 1, C]; of kept channels 0 and 1.</summary>
    public (OnnxValue Level, OnnxValue? Scale) LevelAndScale(OnnxValue input, OnnxPass pass) => Keep(Measure(input, pass));

    /// <summary>Returns outputs, [B, H·K], of so many values, to the level and scale of their windows.</summary>
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

    // Of kept channels the level is 0 and the scale 1.
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

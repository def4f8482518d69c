using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxWindowNormalized(WindowNormalized layer, int inputSize, IOnnxLayer inner) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        if (pass.State is not null)
            throw new NotSupportedException("A window that is normalised as a whole cannot be fed step by step: run the whole window.");
        if (layer.Kind == WindowNormalization.None)
            return inner.Apply(input, pass);
        (OnnxValue level, OnnxValue? scale) = Keep(LevelAndScale(input, pass));
        OnnxValue x = input - level;
        OnnxValue y = inner.Apply(x / scale ?? x, pass).Reshape(0, -1, layer.Targets); // [B, H·K] → [B, H, K]
        y = y * scale?.Slice(2, 0, layer.Targets) ?? y;
        y += level.Slice(2, 0, layer.Targets);
        return y.Reshape(0, layer.OutputSize(inputSize)); // [B, H, K] → [B, H·K]
    }

    // [B, T, C] → [B, 1, C]
    private (OnnxValue Level, OnnxValue? Scale) LevelAndScale(OnnxValue input, OnnxPass pass)
    {
        if (layer.Kind == WindowNormalization.LastValue)
            return (OnnxLastStep.At(input, pass).Unsqueeze(1), null);
        OnnxValue level = Mean(input, pass), difference = input - level;
        if (layer.Kind == WindowNormalization.Mean)
            return (level, null);
        return (level, (Mean(difference * difference, pass) + (float)WindowNormalized.Epsilon).Op("Sqrt"));
    }

    // Of kept channels the level is 0 and the scale 1.
    private (OnnxValue Level, OnnxValue? Scale) Keep((OnnxValue Level, OnnxValue? Scale) window)
    {
        if (layer.Kept.Count == 0)
            return window;
        OnnxGraph graph = window.Level.Graph;
        OnnxValue kept = graph.Constant([.. Enumerable.Range(0, inputSize).Select(channel => layer.Kept.Contains(channel) ? 1L : 0)]).Cast(DataType.Bool);
        return (kept.Where(graph.Constant(0f), window.Level), window.Scale is { } scale ? kept.Where(graph.Constant(1f), scale) : null);
    }

    private static OnnxValue Mean(OnnxValue x, OnnxPass pass) => pass.Valid(x) is { } valid
        ? valid.Where(x, x.Graph.Constant(0f)).Sum(keep: true, 1) / pass.Lengths!.Value.Cast(DataType.Float).Unsqueeze(1, 2)
        : x.Mean(keep: true, 1);
}

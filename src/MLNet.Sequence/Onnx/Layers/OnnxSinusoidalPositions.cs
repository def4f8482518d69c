using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>A cosine is a sine shifted by a quarter turn.</summary>
internal sealed class OnnxSinusoidalPositions(int size) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxGraph graph = input.Graph;
        OnnxValue time = pass.State is { } state ? state.Time : input.Steps(); // [B] for a step, [T] for a sequence
        double[] perStep = [.. Enumerable.Range(0, size).Select(channel => CausalAttention.Angle(channel / 2, size))];
        double[] quarters = [.. Enumerable.Range(0, size).Select(channel => channel % 2 * Math.PI / 2)];
        // In double precision, and reduced to one turn before the conversion to float: a stream may be long.
        OnnxValue angles = time.Unsqueeze(1).Cast(DataType.Double) * graph.Constant(perStep, size) + graph.Constant(quarters, size);
        return input + graph.Node("Mod", [angles, graph.Constant([2 * Math.PI])], Of("fmod", 1)).Cast(DataType.Float).Op("Sin");
    }
}

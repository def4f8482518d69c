namespace MLNet.Sequence.Onnx;

/// <summary>In a stream, every step is the last step so far.</summary>
internal sealed class OnnxLastStep : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => pass.State is null ? At(input, pass) : input;

    /// <summary>The last valid step of each row: [B, T, C] → [B, C].</summary>
    public static OnnxValue At(OnnxValue input, OnnxPass pass) => pass.Lengths is { } lengths
        ? input.StepAt(lengths + -1)
        : input.Gather(1, input.Graph.Scalar(-1));
}

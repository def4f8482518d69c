using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The state contains the keys and values of the last Window − 1 steps, oldest first, and the time.</summary>
internal sealed class OnnxCausalAttention(CausalAttention layer, int inputSize, OnnxWeights own) : IOnnxLayer
{
    private readonly int _width = inputSize / layer.Heads;

    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue[] parts = own.Linear(input, "weight_in", "bias_in").Split(-1, 3, inputSize); // [.., 3 C] → 3 × [.., C]
        return own.Linear(pass.State is { } state ? Step(parts, state) : Whole(parts), "weight_out", "bias_out");
    }

    private OnnxValue Whole(OnnxValue[] parts)
    {
        OnnxValue steps = parts[0].Steps();
        OnnxValue query = Turn(Heads(parts[0]), steps), key = Turn(Heads(parts[1]), steps);
        // [T, T]: the distance from step t back to step s.
        OnnxValue back = steps.Unsqueeze(1) + -steps.Unsqueeze(0);
        OnnxValue visible = back.Op("GreaterOrEqual", back.Graph.Scalar(0)).Op("And", back.Op("Less", back.Graph.Scalar(layer.Window)));
        return Attend(query, key, Heads(parts[2]), visible).Transpose(0, 2, 1, 3).Reshape(0, 0, inputSize); // [B, H, T, d] → [B, T, C]
    }

    private OnnxValue Step(OnnxValue[] parts, OnnxState state)
    {
        OnnxValue time = state.Time.Unsqueeze(1, 2); // [B, 1, 1]
        OnnxValue Turned(OnnxValue x) => Turn(x.Reshape(0, layer.Heads, 1, _width), time).Reshape(0, inputSize);
        OnnxValue query = Turned(parts[0]).Reshape(0, layer.Heads, 1, _width);
        OnnxValue keys = Heads(state.Window(own.Path("keys"), Turned(parts[1]), layer.Window - 1, inputSize));
        OnnxValue values = Heads(state.Window(own.Path("values"), parts[2], layer.Window - 1, inputSize));
        // [B, 1, 1, Window]: true for steps that are not before the stream's first step.
        long[] back = [.. Enumerable.Range(0, layer.Window).Select(i => (long)(layer.Window - 1 - i))];
        OnnxValue visible = time.Graph.Constant(back).Op("LessOrEqual", time.Unsqueeze(3));
        return Attend(query, keys, values, visible).Reshape(0, inputSize); // [B, H, 1, d] → [B, C]
    }

    // softmax(q·k / √d) v: 3 × [B, H, T, d] to [B, H, T, d]
    private OnnxValue Attend(OnnxValue query, OnnxValue key, OnnxValue value, OnnxValue visible)
    {
        OnnxValue scores = query.MatMul(key.Transpose(0, 1, 3, 2)) * (1 / MathF.Sqrt(_width));
        return visible.Where(scores, scores.Graph.Constant(float.NegativeInfinity)).Softmax(-1).MatMul(value);
    }

    // [B, T, C] → [B, T, H, d] → [B, H, T, d]
    private OnnxValue Heads(OnnxValue x) => x.Reshape(0, 0, layer.Heads, _width).Transpose(0, 2, 1, 3);

    private OnnxValue Turn(OnnxValue x, OnnxValue steps) => layer.Rotary ? OnnxRotation.Turn(x, steps, _width, own) : x;
}

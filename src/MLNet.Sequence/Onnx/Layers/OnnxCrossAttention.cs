using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>Without a memory only for whole sequences: a step would need the steps after it.</summary>
internal sealed class OnnxCrossAttention(CrossAttention layer, int inputSize, OnnxWeights own) : IOnnxLayer
{
    private readonly int _width = inputSize / layer.Heads;

    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        if (pass.State is { } state)
        {
            return pass.Memory is null
                ? throw new NotSupportedException("Attention to all steps cannot be computed step by step: run the whole sequence.")
                : Attend(input.Unsqueeze(1), pass with { State = null }, state.Time.Unsqueeze(1, 2)).Squeeze(1); // [B, C] → [B, 1, C] → [B, C]
        }

        return Attend(input, pass, input.Steps());
    }

    // Times of the queries: [U], or [B, 1, 1] for one step.
    private OnnxValue Attend(OnnxValue input, OnnxPass pass, OnnxValue times)
    {
        OnnxValue memory = pass.Memory ?? input;
        OnnxValue[] parts = own.Linear(memory, "weight_memory", "bias_memory").Split(-1, 2, inputSize); // [B, T, 2 C] → [B, T, C] twice
        OnnxValue query = Turn(Heads(own.Linear(input, "weight_query", "bias_query")), times), key = Turn(Heads(parts[0]), memory.Steps());
        OnnxValue scores = query.MatMul(key.Transpose(0, 1, 3, 2)) * (1 / MathF.Sqrt(_width));
        // [B, 1, 1, T]: true where a step of the memory is not padding.
        if ((pass.Memory is null ? pass.Lengths : pass.MemoryLengths) is { } lengths)
            scores = memory.Steps().Unsqueeze(0).Op("Less", lengths.Unsqueeze(1)).Unsqueeze(1, 2).Where(scores, scores.Graph.Constant(float.NegativeInfinity));
        OnnxValue attended = scores.Softmax(-1).MatMul(Heads(parts[1])).Transpose(0, 2, 1, 3).Reshape(0, 0, inputSize); // [B, H, U, d] → [B, U, C]
        return own.Linear(attended, "weight_out", "bias_out");
    }

    private OnnxValue Turn(OnnxValue x, OnnxValue steps) => layer.Rotary ? OnnxRotation.Turn(x, steps, _width, own) : x;

    // [B, T, C] → [B, T, H, d] → [B, H, T, d]
    private OnnxValue Heads(OnnxValue x) => x.Reshape(0, 0, layer.Heads, _width).Transpose(0, 2, 1, 3);
}

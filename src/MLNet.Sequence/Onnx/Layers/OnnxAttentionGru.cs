using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>Without a memory only for whole sequences: a step would need the steps after it.</summary>
internal sealed class OnnxAttentionGru(AttentionGru layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        if (pass.State is not null && pass.Memory is null)
            throw new NotSupportedException("Attention to all steps cannot be computed step by step: run the whole sequence.");
        OnnxValue memory = pass.Memory ?? input;
        OnnxValue keys = own.Linear(memory, "weight_memory", "bias_memory"); // [B, T, a]
        OnnxValue first = own.Linear(memory.Slice(1, 0, 1).Squeeze(1), "weight_start", "bias_start").Tanh(); // [B, n]
        OnnxValue? valid = (pass.Memory is null ? pass.Lengths : pass.MemoryLengths) is { } lengths
            ? memory.Steps().Unsqueeze(0).Op("Less", lengths.Unsqueeze(1)) // [B, T]
            : null;
        // [B, n] to [B, n + M]
        OnnxValue Next(OnnxValue state, OnnxValue x)
        {
            OnnxValue compared = (keys + own.Multiply(state, "weight_query").Unsqueeze(1)).Tanh();
            OnnxValue scores = own.Multiply(compared, "weight_score").Squeeze(-1);
            if (valid is { } steps)
                scores = steps.Where(scores, scores.Graph.Constant(float.NegativeInfinity));
            OnnxValue context = scores.Softmax(-1).Unsqueeze(1).MatMul(memory).Squeeze(1);
            OnnxValue[] given = own.Linear(x.Concat(-1, context), "weight_ih", "bias_ih").Split(-1, 3, layer.HiddenSize);
            OnnxValue[] before = own.Linear(state, "weight_hh", "bias_hh").Split(-1, 3, layer.HiddenSize);
            OnnxValue fresh = (given[2] + (given[0] + before[0]).Sigmoid() * before[2]).Tanh();
            return (fresh + (given[1] + before[1]).Sigmoid() * (state - fresh)).Concat(-1, context);
        }

        if (pass.State is not { } stream)
            return Loop(input, first.Concat(-1, memory.Slice(1, 0, 1).Squeeze(1)), Next);
        OnnxValue kept = stream.Take(own.Path("h"), layer.HiddenSize);
        OnnxValue output = Next(stream.Time.Op("Equal", input.Graph.Scalar(0)).Unsqueeze(1).Where(first, kept), input);
        stream.Put(kept, output.Slice(1, 0, layer.HiddenSize));
        return output;
    }

    // The loop carries the whole output; only its first channels are the state.
    private OnnxValue Loop(OnnxValue input, OnnxValue first, Func<OnnxValue, OnnxValue, OnnxValue> next) => OnnxScan.Run(
        [input], [own.Values("weight_memory").Length / own.Values("bias_memory").Length + layer.HiddenSize],
        (before, x) => [next(before[0].Slice(1, 0, layer.HiddenSize), x[0])], first: [first])[0];
}

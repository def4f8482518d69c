using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// The state of each channel is the first value, the mean, Σ (x − x̄)², the smallest and largest value and Σ (t − t̄) (x − x̄), as in plain C#.
/// </summary>
internal sealed class OnnxRunningStatistics(int size, OnnxWeights own) : IOnnxLayer
{
    private static readonly string[] Names = ["first", "mean", "squares", "least", "largest", "moment"];

    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        if (pass.State is { } state)
        {
            OnnxValue n = state.Time.Cast(DataType.Float).Unsqueeze(1) + 1f; // [B, 1]
            OnnxValue[] before = [.. Names.Select(name => state.Take(own.Path(name), size))], after = Next(before, input, n);
            for (int i = 0; i < before.Length; i++)
                state.Put(before[i], after[i]);
            return Said(after, input, n).Reshape(0, Layers.RunningStatistics.OfChannel * size).Concat(-1, n);
        }

        OnnxValue[] all = OnnxScan.Run([input], [1, .. Names.Select(_ => size)], (before, at) =>
        {
            OnnxValue n = before[0] + 1f;
            return [n, .. Next(before[1..], at[0], n)];
        });
        return Said(all[1..], input, all[0]).Reshape(0, 0, Layers.RunningStatistics.OfChannel * size).Concat(-1, all[0]);
    }

    private static OnnxValue[] Next(OnnxValue[] before, OnnxValue x, OnnxValue n)
    {
        OnnxValue isFirst = n.Op("Equal", n.Graph.Constant(1f)), from = x - before[1], mean = before[1] + from / n, left = x - mean;
        return
        [
            isFirst.Where(x, before[0]),
            mean,
            before[2] + from * left,
            isFirst.Where(x, before[3].Op("Min", x)),
            isFirst.Where(x, before[4].Op("Max", x)),
            before[5] + n * left * 0.5f,
        ];
    }

    // 7 × [.., C] → [.., C, 7]
    private static OnnxValue Said(OnnxValue[] states, OnnxValue x, OnnxValue n)
    {
        OnnxValue[] statistics =
            [states[1], (states[2] / n).Op("Sqrt"), states[3], states[4], states[0], x, states[5] * 12f / (n * (n + 1f))];
        return statistics.Select(one => one.Unsqueeze(-1)).Aggregate((left, right) => left.Concat(-1, right));
    }
}

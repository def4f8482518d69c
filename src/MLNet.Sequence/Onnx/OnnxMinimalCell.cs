namespace MLNet.Sequence.Onnx;

/// <summary>The common part of minGRU and minLSTM: h_t = σ(k) h_{t−1} + σ(−k) g(x).</summary>
internal static class OnnxMinimalCell
{
    /// <param name="keep">k.</param>
    /// <param name="candidate">x.</param>
    /// <param name="state">The name and the size of h.</param>
    /// <param name="pass">The pass that carries h.</param>
    public static OnnxValue Run(OnnxValue keep, OnnxValue candidate, (string Name, int Size) state, OnnxPass pass)
    {
        // g(x) = x + ½ for x ≥ 0, σ(x) below: always the larger of the two.
        OnnxValue positive = (candidate + 0.5f).Op("Max", candidate.Sigmoid());
        OnnxValue factor = keep.Sigmoid(), term = (-keep).Sigmoid() * positive;
        if (pass.State is null)
            return OnnxScan.Run([factor, term], [state.Size], (h, at) => [at[0] * h[0] + at[1]])[0];
        OnnxValue before = pass.State.Take(state.Name, state.Size), after = factor * before + term;
        pass.State.Put(before, after);
        return after;
    }
}

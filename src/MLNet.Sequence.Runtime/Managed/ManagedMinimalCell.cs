using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

/// <summary>The common part of minGRU and minLSTM: one step of h = σ(k) h + σ(−k) g(x).</summary>
internal static class ManagedMinimalCell
{
    /// <param name="keep">k; overwritten.</param>
    /// <param name="candidate">x; overwritten.</param>
    /// <param name="work">The same number of values as working space.</param>
    /// <param name="h">The state, before and after.</param>
    public static void Advance(Span<float> keep, Span<float> candidate, Span<float> work, Span<float> h)
    {
        // g(x) = x + ½ for x ≥ 0, σ(x) below: always the larger of the two.
        TensorPrimitives.Sigmoid(candidate, work);
        TensorPrimitives.Add(candidate, 0.5f, candidate);
        TensorPrimitives.Max(candidate, work, candidate);
        // h' = g + σ(k) (h − g)
        TensorPrimitives.Sigmoid(keep, keep);
        TensorPrimitives.Subtract(h, candidate, h);
        TensorPrimitives.MultiplyAdd(keep, h, candidate, h);
    }
}

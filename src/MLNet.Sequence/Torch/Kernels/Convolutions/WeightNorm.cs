using System.Numerics.Tensors;

namespace MLNet.Sequence.Torch;

/// <summary>Weight normalisation, w = g · v / ‖v‖ for each filter, and its gradients (Salimans and Kingma, arXiv 1602.07868, section 2.1).</summary>
internal static class WeightNorm
{
    /// <param name="v">[D, n].</param>
    /// <param name="g">[D].</param>
    /// <param name="w">[D, n]; written.</param>
    public static void Apply(ReadOnlySpan<float> v, ReadOnlySpan<float> g, Span<float> w)
    {
        int length = v.Length / g.Length;
        for (int filter = 0; filter < g.Length; filter++)
        {
            ReadOnlySpan<float> direction = v.Slice(filter * length, length);
            TensorPrimitives.Multiply(direction, g[filter] / TensorPrimitives.Norm(direction), w.Slice(filter * length, length));
        }
    }

    /// <summary>∂g = ∂w · v / ‖v‖ and ∂v = g / ‖v‖ (∂w − ∂g · v / ‖v‖).</summary>
    /// <param name="v">[D, n].</param>
    /// <param name="g">[D].</param>
    /// <param name="w">The gradients of w; those of v afterwards.</param>
    /// <param name="gain">The gradients of g; written.</param>
    public static void Back(ReadOnlySpan<float> v, ReadOnlySpan<float> g, Span<float> w, Span<float> gain)
    {
        int length = v.Length / g.Length;
        for (int filter = 0; filter < g.Length; filter++)
        {
            ReadOnlySpan<float> direction = v.Slice(filter * length, length);
            Span<float> gradient = w.Slice(filter * length, length);
            float norm = TensorPrimitives.Norm(direction);
            gain[filter] = TensorPrimitives.Dot(gradient, direction) / norm;
            TensorPrimitives.MultiplyAdd(direction, -gain[filter] / norm, gradient, gradient);
            TensorPrimitives.Multiply(gradient, g[filter] / norm, gradient);
        }
    }
}

using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

/// <summary>The heads of an attention, which are concatenated in queries, keys and values.</summary>
/// <param name="Size">Channels of all heads.</param>
/// <param name="Width">Channels of one head.</param>
internal readonly record struct AttentionHeads(int Size, int Width)
{
    /// <summary>The attention of a query's heads over steps: Σ softmax(q·k / √d) v.</summary>
    /// <param name="query">[Size].</param>
    /// <param name="steps">Step by step its keys, [Size], followed by its values, [Size].</param>
    /// <param name="row">The distance from one step to the next.</param>
    /// <param name="weights">Working space for one weight per visible step.</param>
    /// <param name="attended">[Size], filled.</param>
    /// <param name="trace">Gets the weights of each head; null: nobody asks for them.</param>
    public void Attend(
        ReadOnlySpan<float> query, ReadOnlySpan<float> steps, int row, Span<float> weights, Span<float> attended, AttentionTrace? trace = null)
    {
        attended.Clear();
        for (int from = 0; from < Size; from += Width)
        {
            Weigh(query.Slice(from, Width), steps[from..], row, weights);
            trace?.Add(weights);
            Span<float> head = attended.Slice(from, Width);
            for (int step = 0; step < weights.Length; step++)
                TensorPrimitives.MultiplyAdd(steps.Slice(step * row + Size + from, Width), weights[step], head, head);
        }
    }

    // softmax(q·k / √d) over the visible steps
    private void Weigh(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int row, Span<float> weights)
    {
        float scale = 1 / MathF.Sqrt(Width);
        for (int step = 0; step < weights.Length; step++)
            weights[step] = scale * TensorPrimitives.Dot(query, keys.Slice(step * row, Width));
        // Relative to the largest, so that no exponential overflows.
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max(weights), weights);
        TensorPrimitives.Exp(weights, weights);
        TensorPrimitives.Divide(weights, TensorPrimitives.Sum(weights), weights);
    }
}

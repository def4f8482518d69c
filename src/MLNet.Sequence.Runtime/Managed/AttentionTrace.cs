using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

/// <summary>
/// What a decoder attends to: the attention weights over the steps of the source, as the mean of the heads of all its layers that attend. For one
/// thread: each step of the decoder adds to it.
/// </summary>
/// <param name="steps">The number of steps of the source.</param>
internal sealed class AttentionTrace(int steps)
{
    private readonly float[] _sum = new float[steps];
    private int _heads;

    /// <summary>The number of steps of the source.</summary>
    public int Steps => steps;

    /// <summary>One head's weights at the present step; they sum to 1.</summary>
    public void Add(ReadOnlySpan<float> weights)
    {
        TensorPrimitives.Add(_sum, weights, _sum);
        _heads++;
    }

    /// <summary>The mean of what was added since the last call; zeros if nothing was.</summary>
    public float[] Take()
    {
        var mean = new float[_sum.Length];
        if (_heads > 0)
            TensorPrimitives.Divide(_sum, _heads, mean);
        _sum.AsSpan().Clear();
        _heads = 0;
        return mean;
    }
}

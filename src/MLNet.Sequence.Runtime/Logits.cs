using System.Numerics.Tensors;

namespace MLNet.Sequence;

/// <summary>Softmax over many logits, in forms that do not overflow.</summary>
internal static class Logits
{
    private const int Block = 256;

    /// <summary>ln Σ e^x, summed over blocks in double precision.</summary>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float highest = TensorPrimitives.Max(logits);
        Span<float> block = stackalloc float[Block];
        double sum = 0;
        for (int start = 0; start < logits.Length; start += Block)
        {
            Span<float> part = block[..Math.Min(Block, logits.Length - start)];
            TensorPrimitives.Subtract(logits.Slice(start, part.Length), highest, part);
            TensorPrimitives.Exp<float>(part, part);
            sum += TensorPrimitives.Sum<float>(part);
        }

        return highest + Math.Log(sum);
    }

    /// <summary>Turns logits into log-probabilities.</summary>
    public static void Normalize(Span<float> logits) => TensorPrimitives.Subtract(logits, (float)LogSumExp(logits), logits);
}

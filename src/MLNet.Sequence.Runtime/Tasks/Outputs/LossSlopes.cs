namespace MLNet.Sequence.Tasks;

/// <summary>The derivatives of a loss by each value of the network's output.</summary>
internal static class LossSlopes
{
    // The error of a central difference grows with its square, that of rounding with its inverse: losses are computed in double precision.
    private const float Step = 1 / 256f;

    /// <summary>Of the cross-entropy of logits, by its formula: softmax, less 1 at the label. There may be very many logits.</summary>
    public static float[] OfCrossEntropy(ReadOnlySpan<float> logits, int label)
    {
        double all = Logits.LogSumExp(logits);
        var slopes = new float[logits.Length];
        for (int i = 0; i < logits.Length; i++)
            slopes[i] = (float)(Math.Exp(logits[i] - all) - (i == label ? 1 : 0));
        return slopes;
    }

    /// <summary>Of any loss.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="output">The network's output; unchanged after the call.</param>
    public static float[] Of(Func<float[], double> loss, float[] output)
    {
        var slopes = new float[output.Length];
        for (int i = 0; i < output.Length; i++)
        {
            float value = output[i], step = Step * Math.Max(1, Math.Abs(value)), above = value + step, below = value - step;
            output[i] = above;
            double high = loss(output);
            output[i] = below;
            double low = loss(output);
            output[i] = value;
            slopes[i] = (float)((high - low) / ((double)above - below));
        }

        return slopes;
    }
}

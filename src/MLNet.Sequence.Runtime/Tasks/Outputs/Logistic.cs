namespace MLNet.Sequence.Tasks;

/// <summary>Turns logits into probabilities, in place, in double precision.</summary>
internal static class Logistic
{
    /// <summary>1 / (1 + e^−x) of each value.</summary>
    public static void Apply(Span<float> logits)
    {
        foreach (ref float value in logits)
            value = Of(value);
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static float Of(float logit) => (float)(1 / (1 + Math.Exp(-logit)));

    /// <summary>Softmax: e^x over the sum of all, relative to the largest, so that nothing overflows.</summary>
    public static void Softmax(Span<float> logits)
    {
        float highest = float.NegativeInfinity;
        foreach (float logit in logits)
            highest = Math.Max(highest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - highest);
        foreach (ref float value in logits)
            value = (float)(Math.Exp(value - highest) / sum);
    }
}

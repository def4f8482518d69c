namespace MLNet.Sequence;

/// <summary>
/// μ-law companding of sound to 256 classes, which are finer for quiet sound (ITU-T G.711's curve; van den Oord et al., arXiv 1609.03499,
/// section 2.2): f(x) = sgn(x) ln(1 + μ|x|) / ln(1 + μ) with μ = 255.
/// </summary>
public static class MuLaw
{
    /// <summary>The number of classes: 256, a byte for each sample.</summary>
    public const int Classes = 256;

    private const double Mu = Classes - 1;

    /// <summary>The class of a sample: the nearest of 256 equal steps of f from −1 to 1. Samples outside [−1, 1] are clipped.</summary>
    /// <param name="sample">In [−1, 1].</param>
    /// <returns>From 0 to 255.</returns>
    public static byte Encode(float sample)
    {
        double x = Math.Clamp(sample, -1f, 1f);
        double f = Math.Sign(x) * Math.Log(1 + Mu * Math.Abs(x)) / Math.Log(1 + Mu);
        return (byte)Math.Round((f + 1) / 2 * Mu, MidpointRounding.AwayFromZero);
    }

    /// <summary>The sample at the middle of a class, which represents all samples of the class.</summary>
    /// <param name="class">From 0 to 255.</param>
    /// <returns>In [−1, 1].</returns>
    public static float Decode(byte @class)
    {
        double f = 2 * @class / Mu - 1;
        return (float)(Math.Sign(f) * (Math.Pow(1 + Mu, Math.Abs(f)) - 1) / Mu);
    }
}

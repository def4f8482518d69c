namespace MLNet.Sequence.Layers;

/// <summary>Initial values of a diagonal of complex numbers λ = exp(−exp(ν) + iθ) inside the unit circle.</summary>
internal static class Ring
{
    // Radii keep this distance from 0 and 1, where ν would be infinite.
    private const double Margin = 1e-9;

    /// <summary>ν of radii whose squares are uniform between those of the ring's two circles.</summary>
    public static void FillDecays(Span<float> values, Initializer.RingDecay ring, RandomStream random)
    {
        double inner = ring.MinRadius * ring.MinRadius, outer = ring.MaxRadius * ring.MaxRadius;
        foreach (ref float value in values)
        {
            double squared = Math.Clamp(inner + random.NextDouble() * (outer - inner), Margin, 1 - Margin);
            value = (float)Math.Log(-0.5 * Math.Log(squared));
        }
    }

    /// <summary>ln √(1 − |λ|²) for the radii that belong to the given ν.</summary>
    public static void FillGains(Span<float> values, ReadOnlySpan<float> decays)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(0.5 * Math.Log(1 - Math.Exp(-2 * Math.Exp(decays[i]))));
    }
}

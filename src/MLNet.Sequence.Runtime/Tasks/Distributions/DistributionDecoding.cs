namespace MLNet.Sequence.Tasks;

/// <summary>
/// The parameters of a distribution, [steps, parameters, targets], from standardised numbers of the network. With z in deviations of the training rows,
/// m and s their mean and deviation, and softplus(x) = ln(1 + e^x): a mean is s z + m, of counts softplus(s z + m), at least 1e-6; a deviation is
/// s softplus(z); degrees of freedom are 2 + softplus(z), a shape is softplus(z).
/// </summary>
/// <param name="Kind">The family.</param>
/// <param name="Targets">The number of targets.</param>
internal sealed record DistributionDecoding(ForecastDistributionKind Kind, int Targets) : ValueDecoding
{
    /// <summary>What keeps deviations, in standard deviations, and shapes above 0; and the least degrees of freedom, for which there is a variance.</summary>
    public const double Floor = 1e-3, LeastDegrees = 2;

    /// <summary>The least mean of counts, which must have a logarithm.</summary>
    public const double LeastMean = 1e-6;

    /// <summary>The number of parameters.</summary>
    public int Parameters => Kind switch
    {
        ForecastDistributionKind.Poisson => 1,
        ForecastDistributionKind.StudentT => 3,
        _ => 2,
    };

    /// <summary>Whether values are counts.</summary>
    public bool IsOfCounts => Kind is ForecastDistributionKind.Poisson or ForecastDistributionKind.NegativeBinomial;

    public override double Deviation(ChannelScaling scaling, int output) => IsInUnits(output / Targets % Parameters) ? scaling.Deviation[output % Targets] : 1;

    public override void Apply(Span<float> values, ChannelScaling scaling)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)Decoded(values[i], i, scaling);
    }

    public override void Apply(Span<float> network, Span<double> values, ChannelScaling scaling)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = Decoded(network[i], i, scaling);
    }

    /// <summary>The standardised numbers with the means of counts, which the network gives before their softplus, as standardised counts.</summary>
    /// <param name="network">The network's output for a window, [steps × parameters × targets].</param>
    /// <param name="scaling">That of the window.</param>
    public float[] StandardMeans(ReadOnlySpan<float> network, ChannelScaling scaling)
    {
        float[] means = network.ToArray();
        for (int i = 0; IsOfCounts && i < means.Length; i++)
        {
            if (i / Targets % Parameters == 0)
                means[i] = (float)((Decoded(means[i], i, scaling) - scaling.Mean[i % Targets]) / scaling.Deviation[i % Targets]);
        }

        return means;
    }

    // ln(1 + e^x), without overflow; far from 0 it is e^x to eight digits, of which 1 + e^x would leave none.
    private static double Softplus(double x) => Math.Max(x, 0) + (Math.Abs(x) > 18 ? Math.Exp(-Math.Abs(x)) : Math.Log(1 + Math.Exp(-Math.Abs(x))));

    // Means and deviations; not shapes and degrees of freedom.
    private bool IsInUnits(int parameter) => parameter == 0 || parameter == 1 && !IsOfCounts;

    private double Decoded(double network, int output, ChannelScaling scaling)
    {
        int target = output % Targets;
        (double mean, double deviation) = (scaling.Mean[target], scaling.Deviation[target]);
        return (output / Targets % Parameters, IsOfCounts) switch
        {
            (0, false) => deviation * network + mean,
            (0, true) => Math.Max(LeastMean, Softplus(deviation * network + mean)),
            (1, false) => deviation * (Softplus(network) + Floor),
            (1, true) => Softplus(network) + Floor,
            _ => LeastDegrees + Softplus(network),
        };
    }
}

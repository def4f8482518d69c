using System.Numerics;

namespace MLNet.Sequence.Tasks;

/// <summary>
/// The parameters of a distribution, [steps, parameters, targets], from standardised numbers of the network. With z in deviations of the training rows,
/// m and s their mean and deviation, and softplus(x) = ln(1 + e^x): a mean is s z + m, of counts softplus(s z + m), at least 1e-6; a deviation is
/// s softplus(z); degrees of freedom are 2 + softplus(z), a shape is softplus(z).
/// </summary>
/// <remarks>
/// A mixture has a mean z₀ and, for each component, a weight, an offset and a deviation: weights are the softmax of theirs; offsets are spread evenly around
/// those of the network, so that components begin apart, and the mean of a component is z₀ + offset − Σ weight · offset, so that z₀ is the mean of all.
/// </remarks>
/// <param name="Kind">The family.</param>
/// <param name="Targets">The number of targets.</param>
internal sealed record DistributionDecoding(ForecastDistributionKind Kind, int Targets) : ValueDecoding
{
    /// <summary>What keeps deviations, in standard deviations, and shapes above 0; and the least degrees of freedom, for which there is a variance.</summary>
    public const double Floor = 1e-3, LeastDegrees = 2;

    /// <summary>The least mean of counts, which must have a logarithm.</summary>
    public const double LeastMean = 1e-6;

    /// <summary>The number of parameters of a component: weight, mean and deviation.</summary>
    public const int OfComponent = 3;

    /// <summary>The number of components of a mixture; of no meaning otherwise.</summary>
    public int Components { get; init; } = ForecastOutput.UsualComponents;

    /// <summary>The number of parameters.</summary>
    public int Parameters => Kind switch
    {
        ForecastDistributionKind.Poisson => 1,
        ForecastDistributionKind.StudentT => 3,
        ForecastDistributionKind.MixtureOfGaussians => 1 + OfComponent * Components,
        _ => 2,
    };

    /// <summary>Whether values are counts.</summary>
    public bool IsOfCounts => Kind is ForecastDistributionKind.Poisson or ForecastDistributionKind.NegativeBinomial;

    // Weights of a mixture multiply offsets, which have no bound.
    public override double Slope => Kind == ForecastDistributionKind.MixtureOfGaussians ? double.PositiveInfinity : 1;

    public override double Deviation(ChannelScaling scaling, int output) => IsInUnits(output / Targets % Parameters) ? scaling.Deviation[output % Targets] : 1;

    public override void Apply(Span<float> values, ChannelScaling scaling) => Apply<float>(values, values, scaling);

    public override void Apply(Span<float> network, Span<double> values, ChannelScaling scaling) => Apply<double>(network, values, scaling);

    /// <summary>The standardised numbers with the means of counts, which the network gives before their softplus, as standardised counts.</summary>
    /// <param name="network">The network's output for a window, [steps × parameters × targets].</param>
    /// <param name="scaling">That of the window.</param>
    public float[] StandardMeans(ReadOnlySpan<float> network, ChannelScaling scaling)
    {
        float[] means = network.ToArray();
        for (int i = 0; IsOfCounts && i < means.Length; i++)
        {
            (double mean, double deviation) = (scaling.Mean[i % Targets], scaling.Deviation[i % Targets]);
            if (i / Targets % Parameters == 0)
                means[i] = (float)((Decoded(means[i], 0, (mean, deviation)) - mean) / deviation);
        }

        return means;
    }

    // ln(1 + e^x), without overflow; far from 0 it is e^x to eight digits, of which 1 + e^x would leave none.
    private static double Softplus(double x) => Math.Max(x, 0) + (Math.Abs(x) > 18 ? Math.Exp(-Math.Abs(x)) : Math.Log(1 + Math.Exp(-Math.Abs(x))));

    /// <summary>What is added to the offset of a component, in deviations: from −1 to 1.</summary>
    public double Spread(int component) => (2 * component + 1.0) / Components - 1;

    // The first parameter of the next target, or of the first target of the next step.
    private int Next(int first) => (first + 1) % Targets == 0 ? first + 1 + (Parameters - 1) * Targets : first + 1;

    // Means and deviations; not shapes, degrees of freedom and weights.
    private bool IsInUnits(int parameter) => parameter == 0
        || (Kind == ForecastDistributionKind.MixtureOfGaussians ? parameter % OfComponent != 1 : parameter == 1 && !IsOfCounts);

    // Both may be the same memory: the parameters of a target are read before they are written.
    private void Apply<T>(ReadOnlySpan<float> network, Span<T> values, ChannelScaling scaling)
        where T : INumberBase<T>
    {
        Span<double> own = stackalloc double[Parameters];
        for (int first = 0; first < values.Length; first = Next(first))
        {
            for (int place = 0; place < own.Length; place++)
                own[place] = network[first + place * Targets];
            Decode(own, first % Targets, scaling);
            for (int place = 0; place < own.Length; place++)
                values[first + place * Targets] = T.CreateTruncating(own[place]);
        }
    }

    // The parameters of a step and target, in place.
    private void Decode(Span<double> own, int target, ChannelScaling scaling)
    {
        (double mean, double deviation) = (scaling.Mean[target], scaling.Deviation[target]);
        if (Kind == ForecastDistributionKind.MixtureOfGaussians)
            Standardized(own);
        for (int place = 0; place < own.Length; place++)
            own[place] = Decoded(own[place], place, (mean, deviation));
    }

    // Weights and means of components, in deviations.
    private void Standardized(Span<double> own)
    {
        double largest = double.NegativeInfinity, all = 0, offset = 0;
        for (int i = 1; i < own.Length; i += OfComponent)
            largest = Math.Max(largest, own[i]);
        for (int i = 1; i < own.Length; i += OfComponent)
        {
            own[i + 1] += Spread(i / OfComponent);
            all += own[i] = Math.Exp(own[i] - largest);
        }

        for (int i = 1; i < own.Length; i += OfComponent)
            offset += (own[i] /= all) * own[i + 1];
        for (int i = 1; i < own.Length; i += OfComponent)
            own[i + 1] += own[0] - offset;
    }

    private double Decoded(double network, int place, (double Mean, double Deviation) own)
    {
        if (Kind == ForecastDistributionKind.MixtureOfGaussians && place > 0)
        {
            return (place % OfComponent) switch
            {
                1 => network,
                2 => own.Deviation * network + own.Mean,
                _ => own.Deviation * (Softplus(network) + Floor),
            };
        }

        return (place, IsOfCounts) switch
        {
            (0, false) => own.Deviation * network + own.Mean,
            (0, true) => Math.Max(LeastMean, Softplus(own.Deviation * network + own.Mean)),
            (1, false) => own.Deviation * (Softplus(network) + Floor),
            (1, true) => Softplus(network) + Floor,
            _ => LeastDegrees + Softplus(network),
        };
    }
}

using System.Globalization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>The family of the distribution that a forecaster gives for each step ahead and target.</summary>
public enum ForecastDistributionKind
{
    /// <summary>Normal: parameters mean and deviation.</summary>
    Gaussian,

    /// <summary>Student's t: parameters location, scale and degrees of freedom, which are above 2. For errors with outliers.</summary>
    StudentT,

    /// <summary>Poisson, for counts whose variance is their mean: parameter mean.</summary>
    Poisson,

    /// <summary>
    /// Negative binomial, for counts that vary more: parameters mean μ and shape α; the variance is μ + α μ² (Salinas et al., "DeepAR", 2020).
    /// </summary>
    NegativeBinomial,

    /// <summary>
    /// A weighted sum of normal distributions, for values with several peaks: parameters mean of all, then weight, mean and deviation of each component
    /// (Bishop, "Mixture density networks", 1994). Weights add up to 1.
    /// </summary>
    MixtureOfGaussians,
}

/// <summary>The distribution of a target at a step ahead, in the data's units.</summary>
public sealed record ForecastDistribution
{
    private readonly double[] _parameters;

    private ForecastDistribution(ForecastDistributionKind kind, double[] parameters) => (Kind, _parameters) = (kind, parameters);

    /// <summary>The family, which says what <see cref="Parameters"/> mean.</summary>
    public ForecastDistributionKind Kind { get; }

    /// <summary>The parameters, in the order in which <see cref="ForecastDistributionKind"/> names them; NaN if there is no forecast.</summary>
    public IReadOnlyList<double> Parameters => _parameters;

    /// <summary>The expected value, in the data's units; of counts it need not be a whole number.</summary>
    public double Mean => _parameters[0];

    /// <summary>The root of the variance, in the data's units.</summary>
    public double StandardDeviation => Kind switch
    {
        ForecastDistributionKind.Gaussian => _parameters[1],
        ForecastDistributionKind.StudentT => _parameters[1] * Math.Sqrt(_parameters[2] / (_parameters[2] - 2)),
        ForecastDistributionKind.Poisson => Math.Sqrt(Mean),
        ForecastDistributionKind.MixtureOfGaussians => new GaussianMixture(_parameters).Deviation(),
        _ => Math.Sqrt(Mean + _parameters[1] * Mean * Mean),
    };

    /// <summary>The value that is not exceeded with a probability; of counts the smallest such number.</summary>
    /// <param name="level">The probability, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not in (0, 1).</exception>
    public double Quantile(double level)
    {
        if (!(level > 0 && level < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "The level of a quantile must be above 0 and below 1.");
        if (_parameters.Any(double.IsNaN))
            return double.NaN;
        if (Kind == ForecastDistributionKind.MixtureOfGaussians)
            return new GaussianMixture(_parameters).Quantile(level);
        double normal = SpecialFunctions.NormalQuantile(level);
        return Kind switch
        {
            ForecastDistributionKind.Gaussian => Mean + _parameters[1] * normal,
            ForecastDistributionKind.StudentT => Mean + _parameters[1] * (level < 0.5
                ? -StudentT.Exceeded(level, _parameters[2])
                : level > 0.5 ? StudentT.Exceeded(1 - level, _parameters[2]) : 0),
            ForecastDistributionKind.Poisson => SpecialFunctions.SmallestWhole(
                level, Mean + normal * StandardDeviation, count => SpecialFunctions.UpperGamma(count + 1, Mean)),
            _ => SpecialFunctions.SmallestWhole(level, Mean + normal * StandardDeviation,
                count => SpecialFunctions.Beta(1 / (1 + _parameters[1] * Mean), 1 / _parameters[1], count + 1)),
        };
    }

    /// <summary>The logarithm of the density, or of the probability of a count, of a value.</summary>
    /// <param name="value">The value; counts are at least 0.</param>
    public double LogProbability(double value)
    {
        double error = Kind is ForecastDistributionKind.Gaussian or ForecastDistributionKind.StudentT ? (value - Mean) / _parameters[1] : 0;
        switch (Kind)
        {
            case ForecastDistributionKind.Gaussian:
                return -0.5 * Math.Log(2 * Math.PI) - Math.Log(_parameters[1]) - error * error / 2;
            case ForecastDistributionKind.MixtureOfGaussians:
                return new GaussianMixture(_parameters).LogDensity(value);
            case ForecastDistributionKind.StudentT:
                double degrees = _parameters[2];
                return SpecialFunctions.LogGamma((degrees + 1) / 2) - SpecialFunctions.LogGamma(degrees / 2) - 0.5 * Math.Log(degrees * Math.PI)
                    - Math.Log(_parameters[1]) - (degrees + 1) / 2 * Math.Log(1 + error * error / degrees);
            case ForecastDistributionKind.Poisson:
                return Power(Mean, value) - Mean - SpecialFunctions.LogGamma(value + 1);
            default:
                double size = 1 / _parameters[1], product = _parameters[1] * Mean;
                return SpecialFunctions.LogGamma(value + size) - SpecialFunctions.LogGamma(value + 1) - SpecialFunctions.LogGamma(size)
                    - size * Math.Log(1 + product) + Power(product / (1 + product), value);
        }
    }

    /// <summary>The distributions in a forecast of a model, [horizon × targets], the first step first.</summary>
    /// <param name="task">The task of the model.</param>
    /// <param name="forecast">[horizon × parameters × targets], as columns, <c>Forecast</c> in plain C# and sessions give it.</param>
    /// <exception cref="ArgumentException">The task has no distribution, or the length is another one.</exception>
    public static ForecastDistribution[] Of(Forecasting task, ReadOnlySpan<double> forecast)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Distribution is not { } kind)
        {
            throw new ArgumentException(
                "The forecaster gives no distribution: set ForecastingOptions.Output to one, such as ForecastOutput.Gaussian.", nameof(task));
        }

        if (forecast.Length != task.ForecastSize)
            throw new ArgumentException($"A forecast of the task has {task.ForecastSize} values; found {forecast.Length}.", nameof(forecast));
        int targets = task.TargetChannels.Count, numbers = task.ValueCount;
        var all = new ForecastDistribution[task.Horizon * targets];
        for (int i = 0; i < all.Length; i++)
        {
            var parameters = new double[numbers];
            for (int number = 0; number < numbers; number++)
                parameters[number] = forecast[(i / targets * numbers + number) * targets + i % targets];
            all[i] = new ForecastDistribution(kind, parameters);
        }

        return all;
    }

    /// <summary>Such as "Gaussian(mean 12.5, deviation 2.1)".</summary>
    public override string ToString()
    {
        IEnumerable<string> named = ForecastOutput.Of(Kind, _parameters.Length / 3).Values.Zip(
            _parameters, (name, value) => string.Create(CultureInfo.InvariantCulture, $"{name.Trim()} {value:G5}"));
        return $"{Kind}({string.Join(", ", named)})";
    }

    /// <summary>Whether the family and all parameters are the same.</summary>
    /// <param name="other">The other distribution.</param>
    public bool Equals(ForecastDistribution? other) => other is not null && Kind == other.Kind && _parameters.AsSpan().SequenceEqual(other._parameters);

    /// <inheritdoc/>
    public override int GetHashCode() => _parameters.Aggregate((int)Kind, HashCode.Combine);

    // ln x^count, where 0^0 is 1.
    private static double Power(double x, double count) => count == 0 ? 0 : count * Math.Log(x);

    internal static ForecastDistribution Of(ForecastDistributionKind kind, params double[] parameters) => new(kind, parameters);
}

namespace MLNet.Sequence.Tasks;

/// <summary>
/// A mixture of normal distributions, as the parameters of <see cref="ForecastDistributionKind.MixtureOfGaussians"/>: its mean, and the weight, mean and
/// deviation of each component.
/// </summary>
internal readonly ref struct GaussianMixture(ReadOnlySpan<double> parameters)
{
    private const double Precision = 1e-12;
    private const int MostSteps = 200;

    private readonly ReadOnlySpan<double> _parameters = parameters;

    private int Components => _parameters.Length / 3;

    /// <summary>The root of the variance: that of the components, and of their means around that of all.</summary>
    public double Deviation()
    {
        double variance = 0;
        for (int i = 0; i < Components; i++)
        {
            (double weight, double mean, double deviation) = this[i];
            variance += weight * (deviation * deviation + (mean - _parameters[0]) * (mean - _parameters[0]));
        }

        return Math.Sqrt(variance);
    }

    /// <summary>The logarithm of the density.</summary>
    public double LogDensity(double value)
    {
        double sum = double.NegativeInfinity;
        for (int i = 0; i < Components; i++)
        {
            (double weight, double mean, double deviation) = this[i];
            double error = (value - mean) / deviation, own = Math.Log(weight) - 0.5 * Math.Log(2 * Math.PI) - Math.Log(deviation) - error * error / 2;
            double larger = Math.Max(sum, own);
            sum = double.IsNegativeInfinity(larger) ? larger : larger + Math.Log(Math.Exp(sum - larger) + Math.Exp(own - larger));
        }

        return sum;
    }

    /// <summary>The probability of at most a value.</summary>
    public double Cumulative(double value)
    {
        double sum = 0;
        for (int i = 0; i < Components; i++)
        {
            (double weight, double mean, double deviation) = this[i];
            sum += weight * SpecialFunctions.Normal((value - mean) / deviation);
        }

        return sum;
    }

    /// <summary>
    /// The quantile of a level, between the smallest and the largest one of the components: Newton's steps, halves where they leave the bracket.
    /// </summary>
    public double Quantile(double level)
    {
        double normal = SpecialFunctions.NormalQuantile(level), low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (int i = 0; i < Components; i++)
        {
            double own = this[i].Mean + this[i].Deviation * normal;
            (low, high) = (Math.Min(low, own), Math.Max(high, own));
        }

        double size = Deviation(), value = (low + high) / 2;
        for (int step = 0; step < MostSteps && high - low > Precision * size; step++)
        {
            double excess = Cumulative(value) - level;
            (low, high) = excess < 0 ? (value, high) : (low, value);
            double next = value - excess / Math.Exp(LogDensity(value));
            if (Math.Abs(next - value) <= Precision * size)
                return next;
            value = next > low && next < high ? next : (low + high) / 2;
        }

        return value;
    }

    private (double Weight, double Mean, double Deviation) this[int component] =>
        (_parameters[1 + 3 * component], _parameters[2 + 3 * component], _parameters[3 + 3 * component]);
}

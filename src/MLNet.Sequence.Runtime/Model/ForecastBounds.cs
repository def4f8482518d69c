using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>A forecast and its bounds, each [horizon × targets], the first step first, in the data's units.</summary>
/// <param name="Forecast">The forecast; of a model of quantiles the one that is nearest to the median.</param>
/// <param name="Lower">The values below which an actual value seldom lies.</param>
/// <param name="Upper">The values above which an actual value seldom lies; at least <paramref name="Lower"/>.</param>
public sealed record ForecastBounds(double[] Forecast, double[] Lower, double[] Upper)
{
    /// <summary>The parts of all numbers that the network gives, decoded: [horizon × numbers × targets].</summary>
    internal static ForecastBounds Of(Forecasting task, ReadOnlySpan<double> values)
    {
        int size = task.Horizon * task.TargetChannels.Count;
        var parts = new ForecastBounds(new double[size], new double[size], new double[size]);
        task.Take(task.WholeOutput.Middle, values, parts.Forecast);
        task.Take(task.BoundPlaces.Lower, values, parts.Lower);
        task.Take(task.BoundPlaces.Upper, values, parts.Upper);
        return parts;
    }
}

using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>A forecast and its bounds, each [horizon × targets], the first step first, in the data's units.</summary>
public sealed class ForecastBounds
{
    private ForecastBounds(int size) => (Forecast, Lower, Upper) = (new double[size], new double[size], new double[size]);

    /// <summary>The forecast; of a model of quantiles the one that is nearest to the median.</summary>
    public double[] Forecast { get; }

    /// <summary>The values below which an actual value seldom lies.</summary>
    public double[] Lower { get; }

    /// <summary>The values above which an actual value seldom lies; at least <see cref="Lower"/>.</summary>
    public double[] Upper { get; }

    /// <summary>The parts of all numbers that the network gives, decoded: [horizon × numbers × targets].</summary>
    internal static ForecastBounds Of(Forecasting task, ReadOnlySpan<double> values)
    {
        int size = task.Horizon * task.TargetChannels.Count;
        var parts = new ForecastBounds(size);
        task.Take(task.WholeOutput.Middle, values, parts.Forecast);
        task.Take(task.BoundPlaces.Lower, values, parts.Lower);
        task.Take(task.BoundPlaces.Upper, values, parts.Upper);
        return parts;
    }
}

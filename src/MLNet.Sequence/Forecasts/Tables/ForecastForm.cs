using System.Globalization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>What a table of forecasts has.</summary>
/// <param name="Task">The task of the model.</param>
/// <param name="Steps">The steps of each series.</param>
/// <param name="Paths">The sample paths, whose bounds and quantiles are told; null: the forecasts are no distributions, or nobody asked for them.</param>
internal sealed record ForecastForm(Forecasting Task, int Steps, SamplePaths? Paths)
{
    /// <summary>The levels of the columns of quantiles.</summary>
    public IReadOnlyList<double> Levels => Paths?.Levels ?? Task.Levels ?? [];

    /// <summary>The share of values between the bounds; null: the bounds are the outermost quantiles, or there are none.</summary>
    public double? Confidence => Paths?.ConfidenceLevel ?? Task.Intervals?.ConfidenceLevel;

    public bool HasBounds => Confidence is not null || Levels.Count > 1;

    /// <summary>The numbers of a target at a step of the horizon.</summary>
    /// <param name="row">The row, without its numbers.</param>
    /// <param name="all">All numbers of the step, [numbers × targets].</param>
    /// <param name="target">The index of the target.</param>
    public ForecastRow Within(ForecastRow row, double[] all, int target)
    {
        ForecastOutput output = Task.WholeOutput;
        int targets = Task.TargetChannels.Count;
        (int lower, int upper) = Task.Intervals is not null ? Task.BoundPlaces : (0, output.Levels.Count - 1);
        row = row with
        {
            Forecast = all[output.Middle * targets + target],
            Lower = output.Levels.Count > 1 ? all[lower * targets + target] : null,
            Upper = output.Levels.Count > 1 ? all[upper * targets + target] : null,
            Quantiles = Task.Levels is null ? [] : [.. all.Where((_, value) => value % targets == target)],
        };
        if (Paths is null)
            return row;
        ForecastDistribution distribution = ForecastDistribution.Of(
            Task.Distribution!.Value, [.. all.Where((_, value) => value % targets == target)]);
        return row with
        {
            Forecast = distribution.Mean,
            Lower = distribution.Quantile(Paths.Bounds.Lower),
            Upper = distribution.Quantile(Paths.Bounds.Upper),
            Quantiles = [.. Levels.Select(distribution.Quantile)],
        };
    }

    /// <summary>The numbers of a target at a step beyond the horizon, drawn.</summary>
    public ForecastRow Beyond(ForecastRow row, ForecastPaths drawn, int target) => row with
    {
        Forecast = drawn.Mean(row.Step, target),
        Lower = drawn.Quantile(Paths!.Bounds.Lower, row.Step, target),
        Upper = drawn.Quantile(Paths.Bounds.Upper, row.Step, target),
        Quantiles = [.. Levels.Select(level => drawn.Quantile(level, row.Step, target))],
    };

    /// <summary>The number of a target at a step beyond the horizon. Nothing is known of its error.</summary>
    public ForecastRow Beyond(ForecastRow row, double forecast) => row with
    {
        Forecast = forecast,
        Lower = HasBounds ? double.NaN : null,
        Upper = HasBounds ? double.NaN : null,
        Quantiles = [.. Levels.Select((_, place) => place == Task.Output.Middle ? forecast : double.NaN)],
    };

    /// <summary>What must be told of steps beyond the horizon, as sentences.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Steps <= Task.Horizon)
            yield break;
        string beyond = string.Create(CultureInfo.InvariantCulture, $"steps {Task.Horizon + 1} to {Steps}, beyond the horizon");
        if (HasBounds && Paths is null)
        {
            yield return $"The bounds and quantiles of {beyond}, are NaN: nothing was measured or learned of errors there. Train with a longer Horizon, or a "
                + "distribution (ForecastOutput.Gaussian), of which paths are drawn.";
        }

        if (Task.Inputs.Count > 0 && Task.MissingValues != MissingValues.Error)
        {
            yield return $"The values of {string.Join(", ", Task.Inputs.Select(column => $"'{column.Name}'"))} are not known for {beyond}: they are read as "
                + $"missing ({nameof(ForecastingOptions.MissingValues)} is {Task.MissingValues}).";
        }
    }
}

namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>The forecasts of one model: of the past, where the truth is known, and of what comes next.</summary>
internal sealed record ModelForecasts
{
    public required string Model { get; init; }

    public required IReadOnlyList<string> Targets { get; init; }

    public required int Horizon { get; init; }

    /// <summary>The rows that the charts show.</summary>
    public required IReadOnlyList<ShownSeries> Series { get; init; }

    /// <summary>Forecasts from rows of the test, in time order within each series.</summary>
    public required IReadOnlyList<ShownForecast> Origins { get; init; }

    /// <summary>Forecasts of what comes after the last row of each series; with known inputs, of its last rows.</summary>
    public required IReadOnlyList<ShownForecast> Ahead { get; init; }

    /// <summary>The part of the actual values of the test that the wide band holds; measured.</summary>
    public required double Coverage { get; init; }

    /// <summary>The mean absolute error of each step, next to the naive forecasts.</summary>
    public required IReadOnlyList<StepError> Steps { get; init; }

    /// <summary>The errors of the series, the worst first; empty: there is one.</summary>
    public required IReadOnlyList<SeriesError> PerSeries { get; init; }

    /// <summary>The number of series with smaller errors, which are not listed.</summary>
    public int SeriesNotListed { get; init; }

    /// <summary>How the errors of the first target are distributed.</summary>
    public required Histogram Residuals { get; init; }
}

/// <summary>The last rows of a series, the test among them.</summary>
/// <param name="Key">The series; null: there is one.</param>
/// <param name="Times">The times as written in the file, or the numbers of the rows.</param>
/// <param name="Values">[target][row].</param>
internal sealed record ShownSeries(string? Key, IReadOnlyList<string> Times, IReadOnlyList<IReadOnlyList<double>> Values);

/// <summary>A forecast with its bands, [target][step] each.</summary>
/// <param name="Series">The place of the series in the list of those shown.</param>
/// <param name="Row">The row of the origin among those shown; the forecast begins with the next one.</param>
internal sealed record ShownForecast(int Series, int Row)
{
    /// <summary>The times of the steps after the last row; null: they are among the rows.</summary>
    public IReadOnlyList<string>? Times { get; init; }

    public required IReadOnlyList<double[]> Forecast { get; init; }

    /// <summary>The edges of the band of 80 %.</summary>
    public required IReadOnlyList<double[]> Low { get; init; }

    public required IReadOnlyList<double[]> High { get; init; }

    /// <summary>The edges of the band of 50 %.</summary>
    public required IReadOnlyList<double[]> InnerLow { get; init; }

    public required IReadOnlyList<double[]> InnerHigh { get; init; }
}

internal sealed record StepError(int Step, double Error, double Naive, double SeasonalNaive);

internal sealed record SeriesError(string Series, long Windows, double Error, double Scaled);

/// <summary>Counts of values between edges; there is one more edge than counts.</summary>
internal sealed record Histogram(IReadOnlyList<double> Edges, IReadOnlyList<int> Counts)
{
    private const int Bars = 25;

    public static Histogram Of(IReadOnlyList<double> values)
    {
        double[] known = [.. values.Where(double.IsFinite).Order()];
        if (known.Length == 0)
            return new Histogram([], []);
        // The rarest values are in the outer bars.
        double reach = Math.Max(Math.Abs(known[(int)(0.005 * (known.Length - 1))]), Math.Abs(known[(int)(0.995 * (known.Length - 1))]));
        double width = reach > 0 ? 2 * reach / Bars : 1;
        double low = -Bars * width / 2;
        var counts = new int[Bars];
        foreach (double value in known)
            counts[(int)Math.Clamp(Math.Floor((value - low) / width), 0, Bars - 1)]++;
        return new Histogram([.. Enumerable.Range(0, Bars + 1).Select(edge => low + edge * width)], counts);
    }
}

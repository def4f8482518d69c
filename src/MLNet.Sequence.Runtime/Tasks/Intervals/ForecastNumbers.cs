namespace MLNet.Sequence.Tasks;

/// <summary>Several numbers of each step and target in one vector, [horizon × numbers × targets]: quantiles, or a forecast between its bounds.</summary>
internal static class ForecastNumbers
{
    extension(Forecasting task)
    {
        /// <summary>What the network gives for each step and target; with bounds of a number, these are its outermost quantiles.</summary>
        public ForecastOutput WholeOutput => task is { Levels: null, Intervals: { } intervals } ? ForecastOutput.Quantiles(intervals.Levels) : task.Output;

        /// <summary>The indices of lower and upper bound among the values of a step and target.</summary>
        public (int Lower, int Upper) BoundPlaces => task.Levels is { } levels ? task.Intervals!.PlacesIn(levels)!.Value : (0, 2);

        /// <summary>Whether bounds follow what happens to a series.</summary>
        public bool Adapts => task.Intervals is { AdaptationRate: > 0 };

        /// <summary>Number of values of the prediction, without bounds that are outputs of their own.</summary>
        public int PredictionSize => task is { Levels: null, Intervals: not null } ? task.ForecastSize / task.ValueCount : task.ForecastSize;
    }

    /// <summary>Copies one of the numbers of each step and target, to [horizon × targets].</summary>
    /// <param name="task">The task.</param>
    /// <param name="place">The index among the numbers of a target.</param>
    /// <param name="all">All numbers.</param>
    /// <param name="to">Filled.</param>
    public static void Take(this Forecasting task, int place, ReadOnlySpan<double> all, Span<double> to)
    {
        (int numbers, int targets) = (task.ValueCount, all.Length / (task.Horizon * task.ValueCount));
        for (int i = 0; i < to.Length; i++)
            to[i] = all[(i / targets * numbers + place) * targets + i % targets];
    }
}

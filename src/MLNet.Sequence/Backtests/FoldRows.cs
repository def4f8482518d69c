namespace MLNet.Sequence.Backtests;

/// <summary>The rows of each fold in a series, from its length.</summary>
internal sealed class FoldRows(BacktestOptions options, ForecastingOptions forecaster)
{
    private readonly int _stride = options.Stride ?? options.TestSteps ?? forecaster.Horizon;

    public int TestSteps { get; } = options.TestSteps ?? forecaster.Horizon;

    /// <summary>The fewest rows of a series for all folds.</summary>
    public long Needed => (long)forecaster.Context + forecaster.Horizon + Tested;

    /// <summary>The rows that are tested by any fold.</summary>
    public long Tested => TestSteps + (options.Folds - 1L) * _stride;

    /// <summary>The forecasts of a series in a fold.</summary>
    private int Origins => TestSteps - forecaster.Horizon + 1;

    public StepRange Training(int fold, long length)
    {
        long cut = Cut(fold, length);
        return new StepRange(options.TrainingSteps is { } last ? Math.Max(0, cut - last) : 0, cut);
    }

    /// <summary>The test rows of a fold, with the history of its first forecast.</summary>
    public StepRange Test(int fold, long length) => new(Cut(fold, length) - forecaster.Context, Cut(fold, length) + TestSteps);

    /// <summary>The test rows of all folds, with the history of the first forecast.</summary>
    public StepRange All(long length) => new(Cut(0, length) - forecaster.Context, length);

    /// <summary>The fold whose forecast a row of <see cref="All"/> has, from the place of the row among those of its series; null: none.</summary>
    public int? FoldOf(long place)
    {
        long after = place - (forecaster.Context - 1);
        return after >= 0 && after / _stride < options.Folds && after % _stride < Origins ? (int)(after / _stride) : null;
    }

    /// <summary>Whether a row of <see cref="Test"/> has a forecast of the fold.</summary>
    public bool IsOrigin(long place) => place >= forecaster.Context - 1 && place < forecaster.Context - 1 + Origins;

    private long Cut(int fold, long length) => length - Tested + (long)fold * _stride;
}

namespace MLNet.Sequence.Backtests;

/// <summary>The rows of each fold in a series, from its length.</summary>
internal sealed class FoldRows(BacktestOptions options, int horizon)
{
    private readonly int _stride = options.Stride ?? options.TestSteps ?? horizon;

    public int TestSteps { get; } = options.TestSteps ?? horizon;

    /// <summary>The rows that are tested by any fold.</summary>
    public long Tested => TestSteps + (options.Folds - 1L) * _stride;

    /// <summary>The forecasts of a series in a fold.</summary>
    private int Origins => TestSteps - horizon + 1;

    public StepRange Training(int fold, long length)
    {
        long cut = Cut(fold, length);
        return new StepRange(options.TrainingSteps is { } last ? Math.Max(0, cut - last) : 0, cut);
    }

    /// <summary>The test rows of a fold, with the history of its first forecast.</summary>
    public StepRange Test(int fold, long length, int history) => new(Cut(fold, length) - history, Cut(fold, length) + TestSteps);

    /// <summary>The test rows of all folds, with the history of the first forecast.</summary>
    public StepRange All(long length, int history) => new(Cut(0, length) - history, length);

    /// <summary>The rows of a series before the first test row of a fold.</summary>
    public long Before(int fold, long length) => Cut(fold, length);

    /// <summary>The fold whose forecast a row of <see cref="All"/> has, from the place of the row among those of its series; null: none.</summary>
    public int? FoldOf(long place, int history)
    {
        long after = place - (history - 1);
        return after >= 0 && after / _stride < options.Folds && after % _stride < Origins ? (int)(after / _stride) : null;
    }

    /// <summary>Whether a row of <see cref="Test"/> has a forecast of the fold.</summary>
    public bool IsOrigin(long place, int history) => place >= history - 1 && place < history - 1 + Origins;

    private long Cut(int fold, long length) => length - Tested + (long)fold * _stride;
}

using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>Splits each series in time: the rows to train on, and the last rows with the history that their forecasts read.</summary>
/// <param name="Order">The columns that order rows into series.</param>
/// <param name="Context">The rows of history before the first test row, from the rows to train on.</param>
internal sealed record TimeSplit(SeriesOrder Order, Func<IDataView, int> Context)
{
    /// <summary>The fewest steps of a series to train on, beyond the context.</summary>
    public int LeastBeyond { get; init; }

    /// <summary>The fewest test rows of a series.</summary>
    public int LeastTest { get; init; } = 1;

    /// <summary>What is done with series that have fewer rows.</summary>
    public ShortSeries ShortSeries { get; init; }

    /// <summary>The forecaster, whose filled steps count; null: rows are steps.</summary>
    public ForecastingOptions? Forecaster { get; init; }

    /// <summary>The split for a forecaster.</summary>
    /// <param name="host">The host.</param>
    /// <param name="options">The options of the forecaster.</param>
    public static TimeSplit For(SequenceHost host, ForecastingOptions options) => new(
        new SeriesOrder(options.SeriesColumnName, options.TimeColumnName),
        // The rows are already as the forecaster reads them.
        training => ContextChoice.In(host, training, options with { Sort = false, Resample = Resampling.None }).Context!.Value)
    {
        LeastBeyond = options.Horizon,
        LeastTest = options.Horizon,
        ShortSeries = options.ShortSeries,
        Forecaster = options,
    };

    /// <summary>The last steps of each series are test rows.</summary>
    public DataOperationsCatalog.TrainTestData ByCount(SequenceHost host, IDataView data, int testSteps)
    {
        if (testSteps < LeastTest)
            throw new ArgumentOutOfRangeException(nameof(testSteps), testSteps, $"There must be at least {Tested}.");
        return Run(host, data, length => length - testSteps, string.Create(CultureInfo.InvariantCulture, $"{testSteps}"));
    }

    /// <summary>The last part of each series is for tests.</summary>
    public DataOperationsCatalog.TrainTestData ByFraction(SequenceHost host, IDataView data, double testFraction)
    {
        if (testFraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(testFraction), testFraction, "A fraction must be above 0 and below 1.");
        return Run(host, data, length => Windows.Cut(length, testFraction), string.Create(CultureInfo.InvariantCulture, $"{100 * testFraction:G4} %"));
    }

    private string Tested => LeastTest == 1 ? "1 test row" : $"{LeastTest} test rows (Horizon)";

    private DataOperationsCatalog.TrainTestData Run(SequenceHost host, IDataView data, Func<long, long> cut, string asked)
    {
        SeriesLengths all = SeriesLengths.Count(host, data, Order, Forecaster), before, kept = all;
        int context;
        // A series that is padded needs one row to see.
        bool isOneEnough = ShortSeries == ShortSeries.Pad;
        long Least() => (isOneEnough ? 1L : context) + LeastBeyond;
        bool IsEnough(SeriesLength one) => one.Steps(new StepRange(0, cut(one.Rows))) >= Least() && one.Rows - cut(one.Rows) >= LeastTest;
        // Without the series that are left out, Fit may choose another context, for which others are too short.
        do
        {
            before = kept;
            context = before.ByKey.Count == 0 ? 1 : Context(new StepsView(data, before, rows => new StepRange(0, cut(rows))));
            kept = before.Where(IsEnough);
        }
        while (ShortSeries != ShortSeries.Error && kept.ByKey.Count > 0 && kept.ByKey.Count < before.ByKey.Count);

        string trained = LeastBeyond == 0 ? $"{context} rows (Context)"
            : $"{Least()} rows ({(isOneEnough ? "1" : $"Context {context}")} + Horizon {LeastTest})";
        kept = all.With(host, ShortSeries, one => kept.ByKey.ContainsKey(one.Key),
            $"In each, {asked} of the rows are for tests: at least {Tested}, and before them at least {trained} to train on.");
        long History(long rows) => Math.Min(cut(rows), context);
        return RandomParts.Pair(
            new StepsView(data, kept, rows => new StepRange(0, cut(rows))),
            new StepsView(data, kept, rows => new StepRange(cut(rows) - History(rows), rows))
            {
                // Windows that are padded or filled would begin earlier, and their forecasts be of rows to train on. A chain may give a series another key.
                IsOrigin = (key, place) => place >= (kept.ByKey.GetValueOrDefault(key ?? "") is { } one ? History(one.Rows) : context) - 1,
            });
    }
}

using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>Splits each series in time: the rows to train on, and the last rows with the history that their forecasts read.</summary>
/// <param name="Order">The columns that order rows into series.</param>
/// <param name="Context">The rows of history before the first test row, from the numbers of training rows of all series.</param>
internal sealed record TimeSplit(SeriesOrder Order, Func<IEnumerable<long>, int> Context)
{
    /// <summary>The fewest rows of a series to train on, beyond the context.</summary>
    public int LeastBeyond { get; init; }

    /// <summary>The fewest test rows of a series.</summary>
    public int LeastTest { get; init; } = 1;

    /// <summary>The split for a forecaster.</summary>
    /// <param name="options">The options of the forecaster.</param>
    /// <param name="frequency">How the times follow each other, if the context is open.</param>
    public static TimeSplit For(ForecastingOptions options, Func<Frequency?> frequency) => new(
        new SeriesOrder(options.SeriesColumnName, options.TimeColumnName),
        lengths => options.Context ?? ContextChoice.Of(lengths, options, frequency()).Context)
    {
        LeastBeyond = options.Horizon,
        LeastTest = options.Horizon,
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
        SeriesLengths lengths = SeriesLengths.Count(host, data, Order);
        int context = lengths.ByKey.Count == 0 ? 1 : Context(lengths.ByKey.Values.Select(cut));
        long least = (long)context + LeastBeyond;
        string trained = LeastBeyond == 0 ? $"{context} rows (Context)" : $"{least} rows (Context {context} + Horizon {LeastTest})";
        lengths.Require(length => cut(length) >= least && length - cut(length) >= LeastTest,
            $"In each, {asked} of the rows are for tests: at least {Tested}, and before them at least {trained} to train on.");
        return RandomParts.Pair(
            new StepsView(data, lengths, length => new StepRange(0, cut(length))),
            new StepsView(data, lengths, length => new StepRange(cut(length) - context, length)));
    }
}

using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>Splits each series in time: the rows to train on, and the last rows with the history that their forecasts read.</summary>
/// <param name="Order">The columns that order rows into series.</param>
/// <param name="Context">The rows of history before the first test row.</param>
internal sealed record TimeSplit(SeriesOrder Order, int Context)
{
    /// <summary>The fewest rows of a series to train on.</summary>
    public long LeastTraining { get; init; } = Context;

    /// <summary>The fewest test rows of a series.</summary>
    public int LeastTest { get; init; } = 1;

    /// <summary>The split for a forecaster.</summary>
    public static TimeSplit For(ForecastingOptions options) => new(new SeriesOrder(options.SeriesColumnName, options.TimeColumnName), options.Context)
    {
        LeastTraining = (long)options.Context + options.Horizon,
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
        string trained = LeastTraining == Context ? $"{Context} rows (Context)" : $"{LeastTraining} rows (Context {Context} + Horizon {LeastTest})";
        lengths.Require(length => cut(length) >= LeastTraining && length - cut(length) >= LeastTest,
            $"In each, {asked} of the rows are for tests: at least {Tested}, and before them at least {trained} to train on.");
        return RandomParts.Pair(
            new StepsView(data, lengths, length => new StepRange(0, cut(length))),
            new StepsView(data, lengths, length => new StepRange(cut(length) - Context, length)));
    }
}

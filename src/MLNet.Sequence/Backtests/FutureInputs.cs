using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>
/// Columns that know the test rows: every figure of a backtest would be too good. Found are columns that were normalised before the folds were cut,
/// and inputs that hold the target of a later step.
/// </summary>
internal static class FutureInputs
{
    // With fewer values, equal ones may be chance.
    private const int FewestValues = 20;

    /// <exception cref="InvalidOperationException">Names the column and says what to do.</exception>
    public static void Check(SequenceHost host, IDataView data, ForecastingOptions options)
    {
        string[] read = [.. options.Targets, .. options.Inputs, .. options.KnownInputs];
        DataViewSchema.Column[] present = [.. read.Select(name => data.Schema.GetColumnOrNull(name)).OfType<DataViewSchema.Column>()];
        if (present.FirstOrDefault(column => column.IsNormalized()) is { Name: { } normalized })
        {
            throw new InvalidOperationException($"The column '{normalized}' was normalised before the rows were split into folds: its scale knows the test "
                + "rows. Give the rows as they were before, and append the forecaster to the transform: then each fold fits it on its own training rows.");
        }

        // Columns that the chain makes are made from training rows alone.
        if (present.Length < read.Length || options.SeriesColumnName is { } series && data.Schema.GetColumnOrNull(series) is null)
            return;
        using HostCancellation cancellation = host.LinkCancellation();
        Forecasting task = new ForecastingColumns(host).Bind(data.Schema, options with { StaticColumns = [], Calendar = null, TimeColumnName = null });
        int targets = task.TargetChannels.Count;
        if (task.PastSize == targets)
            return;
        SeriesSet set = SeriesReader.Read(data, task, allowMissing: true, cancellation, isLocated: false);
        for (int channel = targets; channel < task.PastSize; channel++)
        {
            bool isKnown = channel >= task.FirstKnown;
            for (int target = 0; target < targets; target++)
            {
                if (Later(set, (channel, target), isKnown ? 0 : 1, options) is { } ahead)
                    throw Leak(task, channel, target, ahead);
            }
        }
    }

    private static InvalidOperationException Leak(Forecasting task, int channel, int target, int ahead) => new(string.Create(CultureInfo.InvariantCulture,
        $"The input '{task.Channels[channel]}' holds '{task.Channels[target]}' of {(ahead == 0 ? "the same step" : $"{ahead} steps later")} in every row: ")
        + "it is what is to be forecast, and it will not be known then. Leave it out of the inputs.");

    // A target that repeats itself may equal an input of an earlier step.
    private static int? Later(SeriesSet set, (int Input, int Target) channels, int first, ForecastingOptions options)
    {
        for (int ahead = first; ahead <= options.Horizon; ahead++)
        {
            if (Equal(set, channels.Input, channels.Target, ahead))
            {
                bool repeats = Enumerable.Range(1, options.UsedContext + options.Horizon).Any(lag => Equal(set, channels.Target, channels.Target, lag));
                return repeats ? null : ahead;
            }
        }

        return null;
    }

    // Whether one channel has the values that another one has some steps later.
    private static bool Equal(SeriesSet set, int channel, int other, int ahead)
    {
        long compared = 0;
        foreach (Series series in set.Series)
        {
            for (long step = 0; step + ahead < series.Length; step++, compared++)
            {
                if (!series[step, channel].Equals(series[step + ahead, other]))
                    return false;
            }
        }

        return compared >= FewestValues;
    }
}

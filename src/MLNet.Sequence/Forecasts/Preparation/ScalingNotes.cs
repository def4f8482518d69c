using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Forecasts;

/// <summary>What training tells about the scaling that it has fitted.</summary>
internal static class ScalingNotes
{
    private const double LeastVariation = 1e-3;

    /// <summary>What is not scaled by its own series, and what keeps its level or does not vary.</summary>
    public static void Tell(
        HostChannel channel, Forecasting task, SeriesScaling scaling, (IReadOnlyList<int> Steady, IReadOnlyList<int> Still) channels)
    {
        (IReadOnlyList<int> steady, IReadOnlyList<int> still) = channels;
        if (scaling.Asleep.Count > 0)
        {
            string first = string.Join(", ", scaling.Asleep.Take(5).Select(key => $"'{key}'"));
            channel.Info($"{scaling.Asleep.Count} series do not vary in training, or by next to nothing compared with the others, beginning with {first}: "
                + "scaled by the deviation of all.");
        }

        ChannelScaling pooled = scaling.Pooled;
        int[] far = task.Scaling != ScalingKind.MeanAbsolute ? [] : [.. Enumerable.Range(0, task.FirstKnown)
            .Where(one => !pooled.IsConstant(one) && pooled.Scaled.Deviation[one] < LeastVariation * pooled.Deviation[one])];
        if (far.Length > 0)
            channel.WarnOnce($"{Names(task, far)}: the level is far above the changes, and {nameof(ScalingKind.MeanAbsolute)} keeps it: Single loses their "
                + "digits. Use another Scaling.");
        if (steady.Count > 0)
            channel.Info($"{Names(task, steady)}: one value within most windows. The level is kept: scaled over all series, and left as it is where a "
                + "window is normalised.");
        if (still.Count > 0)
            channel.WarnOnce($"{Names(task, still)}: one {(task.Differencing is null ? "value" : "difference")} in all training rows. Standardised errors are "
                + "not defined and left out, in validation "
                + $"too{(still.Count == task.TargetChannels.Count ? ": nothing is validated, and all epochs are trained" : "")}.");
    }

    /// <summary>For columns of Single, digits were lost before this code reads them.</summary>
    public static void WarnOfSpacing(HostChannel channel, DataViewSchema schema, Forecasting task, SeriesScaling scaling)
    {
        bool IsSingle(DataViewType type) => ((type as VectorDataViewType)?.ItemType ?? type).RawType == typeof(float);
        bool[] single = [.. task.AllColumns.SelectMany(column =>
            Enumerable.Repeat(column.Name.Length > 0 && IsSingle(schema[column.Name].Type), column.Channels.Count))];
        if (SingleSpacing.Worst(task.Channels, scaling, Enumerable.Range(0, single.Length).Where(i => single[i])) is { } coarse)
            channel.WarnOnce(coarse.Topic, $"{coarse}: smaller differences are lost. Read the column as Double or an integer type.");
    }

    /// <summary>Series whose errors have no unit of their own.</summary>
    public static void TellWithout(HostChannel channel, SeasonalUnits? errors, int count)
    {
        if (errors is not { Without: { Count: > 0 } without })
            return;
        string which = without[0] is null ? "The series has" : $"{without.Count} series have";
        string first = without[0] is null ? "" : $", beginning with {string.Join(", ", without.Take(5).Select(key => $"'{key}'"))}";
        channel.WarnOnce($"{which} no seasonal naive error in the training rows{first}: constant, or not longer than a season. Their errors "
            + (without.Count < count ? "are weighted as the mean of the others." : "are in standard deviations."));
    }

    private static string Names(Forecasting task, IReadOnlyList<int> channels) => string.Join(", ", channels.Select(channel => $"'{task.Channels[channel]}'"));
}

using System.Text.Json.Serialization;
using MLNet.Sequence.Data;

namespace MLNet.Sequence;

/// <summary>
/// Targets as differences: a forecaster then learns and forecasts changes from step to step, from season to season, or both (Box and Jenkins, "Time
/// series analysis", 1970, chapters 4 and 9: ∇, ∇ₘ and ∇∇ₘ). The forecasts of changes are added up from the last known values, exactly and in double.
/// Inputs stay as they are. With a <see cref="ScalingKind"/> of powers or logarithms, the differences are those of the transformed targets.
/// </summary>
/// <param name="OfSteps">Whether a value is seen as its difference from the value a step earlier.</param>
/// <param name="OfSeasons">Whether a value is seen as its difference from the value a season earlier; of both, the second of the first.</param>
/// <param name="Season">The steps in a season, from 1 to 100,000,000; null, the default: those of the frequency, such as 24 for hours.</param>
public sealed record Differencing(bool OfSteps, bool OfSeasons, int? Season = null)
{
    /// <summary>y(t) − y(t − 1): for series whose level wanders.</summary>
    public static Differencing First { get; } = new(OfSteps: true, OfSeasons: false);

    /// <summary>The longest season.</summary>
    internal const int MostSeason = 100_000_000;

    /// <summary>The number of values before a step that its difference needs.</summary>
    [JsonIgnore]
    internal int Lag => (int)Math.Min(int.MaxValue, (OfSteps ? 1L : 0) + (OfSeasons ? Season ?? 0 : 0));

    /// <summary>y(t) − y(t − m): for series with a season whose shape stays.</summary>
    /// <param name="season">m, the steps in a season; at least 1. Null, the default: that of the frequency.</param>
    public static Differencing Seasonal(int? season = null) => new(OfSteps: false, OfSeasons: true, season);

    /// <summary>(y(t) − y(t − m)) − (y(t − 1) − y(t − m − 1)): a season whose level also wanders. A season of 1 gives second differences.</summary>
    /// <param name="season">m, the steps in a season; at least 1. Null, the default: that of the frequency.</param>
    public static Differencing FirstAndSeasonal(int? season = null) => new(OfSteps: true, OfSeasons: true, season);

    /// <summary>All problems, one sentence each; empty if there are none.</summary>
    internal IEnumerable<string> Problems()
    {
        if (!OfSteps && !OfSeasons)
            yield return "Differencing must be of steps, of seasons or of both; leave it null for none.";
        if (OfSeasons && Season is < 1 or > MostSeason || !OfSeasons && Season is not null)
            yield return $"The Season of Differencing must be from 1 to {MostSeason}, and null without differences of seasons; found {Season}.";
    }

    /// <summary>What the values before a step predict if its difference is 0.</summary>
    /// <param name="rows">[steps × width].</param>
    /// <param name="at">The index of the value; at least <see cref="Lag"/> rows are before it.</param>
    /// <param name="width">The values of a row.</param>
    internal double Before(ReadOnlySpan<double> rows, int at, int width)
    {
        int season = (Season ?? 0) * width;
        if (!OfSeasons)
            return rows[at - width];
        return OfSteps ? rows[at - season] + (rows[at - width] - rows[at - width - season]) : rows[at - season];
    }

    /// <summary>Rows with differences in the place of targets; NaN where a difference needs a row before the first one.</summary>
    /// <param name="rows">[steps × width], targets first.</param>
    /// <param name="targets">The number of targets.</param>
    /// <param name="width">The values of a row.</param>
    internal double[] Of(ReadOnlySpan<double> rows, int targets, int width)
    {
        double[] changes = rows.ToArray();
        for (int row = 0; row < rows.Length; row += width)
        {
            for (int target = 0; target < targets; target++)
                changes[row + target] = row < Lag * width ? double.NaN : rows[row + target] - Before(rows, row + target, width);
        }

        return changes;
    }

    /// <summary>The series with differences in the place of targets, as long as before: NaN at the beginning of each.</summary>
    /// <param name="set">The series.</param>
    /// <param name="powers">The transforms of the targets of a series before they are differenced.</param>
    internal SeriesSet Of(SeriesSet set, Func<string?, IReadOnlyList<PowerTransform?>> powers)
    {
        var changes = new SeriesSet(set.ChannelNames);
        foreach (Series series in set.Series)
        {
            var rows = new double[series.Length * set.Channels];
            series.Rows.CopyTo(0, rows);
            IReadOnlyList<PowerTransform?> own = powers(series.Key);
            for (int at = 0; at < rows.Length; at++)
                rows[at] = at % set.Channels < own.Count && own[at % set.Channels] is { } power ? power.Apply(rows[at]) : rows[at];
            rows = Of(rows, own.Count, set.Channels);
            changes.GetOrAdd(series.Key).Padding = series.Padding;
            for (int at = 0; at < rows.Length; at += set.Channels)
                changes.Add(series.Key, rows.AsSpan(at, set.Channels));
        }

        return changes;
    }
}

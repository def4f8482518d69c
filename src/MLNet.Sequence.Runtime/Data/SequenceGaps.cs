using System.Numerics;

namespace MLNet.Sequence.Data;

/// <summary>Fills missing values (NaN) of a sequence.</summary>
internal static class SequenceGaps
{
    /// <summary>The values up to the last step that has one; after it all features are missing to the end.</summary>
    /// <param name="values">Step by step, <paramref name="features"/> values each.</param>
    /// <param name="features">Number of values per step.</param>
    public static int LengthWithoutPadding(ReadOnlySpan<double> values, int features)
    {
        int last = values.LastIndexOfAnyExcept(double.NaN);
        return (last + features) / features * features;
    }

    /// <summary>
    /// Interpolates each feature linearly between its neighbours in time. Before the first and after the last known value, that value is
    /// used. A feature without any known value stays NaN.
    /// </summary>
    /// <param name="values">Step by step, <paramref name="features"/> values each.</param>
    /// <param name="features">Number of values per step.</param>
    public static void Interpolate<T>(Span<T> values, int features)
        where T : IFloatingPointIeee754<T>
    {
        for (int feature = 0; feature < features; feature++)
        {
            int known = -1;
            for (int i = feature; i < values.Length; i += features)
            {
                if (T.IsNaN(values[i]))
                    continue;
                Bridge(values, known < 0 ? null : known, i, (feature, features));
                known = i;
            }

            for (int i = known + features; known >= 0 && i < values.Length; i += features)
                values[i] = values[known];
        }
    }

    /// <summary>
    /// Each feature keeps its last known value; before the first known value, that value is used. A feature without any known value stays NaN.
    /// </summary>
    /// <inheritdoc cref="Interpolate"/>
    public static void Forward<T>(Span<T> values, int features)
        where T : IFloatingPointIeee754<T>
    {
        for (int feature = 0; feature < features; feature++)
        {
            int known = feature;
            while (known < values.Length && T.IsNaN(values[known]))
                known += features;
            for (int i = feature; i < values.Length && known < values.Length; i += features)
            {
                known = T.IsNaN(values[i]) ? known : i;
                values[i] = values[known];
            }
        }
    }

    private static void Bridge<T>(Span<T> values, int? from, int to, (int First, int Step) place)
        where T : IFloatingPointIeee754<T>
    {
        for (int i = (from ?? place.First - place.Step) + place.Step; i < to; i += place.Step)
        {
            T part = from is { } start ? T.CreateTruncating(i - start) / T.CreateTruncating(to - start) : T.One;
            values[i] = from is { } left ? values[left] + part * (values[to] - values[left]) : values[to];
        }
    }
}

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
    public static void Interpolate(Span<double> values, int features)
    {
        for (int feature = 0; feature < features; feature++)
        {
            int known = -1;
            for (int i = feature; i < values.Length; i += features)
            {
                if (double.IsNaN(values[i]))
                    continue;
                Bridge(values, known < 0 ? null : known, i, (feature, features));
                known = i;
            }

            for (int i = known + features; known >= 0 && i < values.Length; i += features)
                values[i] = values[known];
        }
    }

    private static void Bridge(Span<double> values, int? from, int to, (int First, int Step) place)
    {
        for (int i = (from ?? place.First - place.Step) + place.Step; i < to; i += place.Step)
        {
            double part = from is { } start ? (double)(i - start) / (to - start) : 1;
            values[i] = from is { } left ? values[left] + part * (values[to] - values[left]) : values[to];
        }
    }
}

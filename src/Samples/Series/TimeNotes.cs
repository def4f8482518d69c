using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Notes about the time of a table: its form and rule, missing steps, and irregular steps.</summary>
internal static class TimeNotes
{
    public static IEnumerable<string> Of(SeriesTable table, CsvTable csv)
    {
        if (table.Time is not { } time)
            yield break;
        List<string> cells = csv.Cells[csv.Names.Find(table.Source.Time!, "--time")];
        (SeriesRows Series, Rhythm Rhythm)[] all =
            [.. table.Series.Where(series => series.Rows.Count > 1).Select(series => (series, time.Rhythm(series.Rows)))];
        if (all.Length == 0)
            yield break;
        string rules = string.Join(" or ", all.Select(one => one.Rhythm.Rule).OfType<string>().Distinct().Take(3));
        if (rules.Length > 0)
            yield return $"time: {time}, {rules}";
        if (time is TextTimes text)
            yield return $"time: {text.Unknown(0)} Forecasts are numbered +1, +2 …";
        else if (all.FirstOrDefault(one => one.Rhythm.Rule is null) is { Series: { } irregular })
            yield return $"time: the steps{Named(irregular)} follow no known rule (from {cells[irregular.Rows[^2]]} to {cells[irregular.Rows[^1]]} "
                + "at the end); forecasts are numbered +1, +2 …";
        if (all.FirstOrDefault(one => one.Rhythm.Gaps.Count > 0) is { Series: { } gapped } first)
        {
            (int before, int after) = first.Rhythm.Gaps[0];
            int places = all.Sum(one => one.Rhythm.Gaps.Count);
            string where = places == 1 ? "one place" : FormattableString.Invariant($"{places:N0} places, the first");
            yield return FormattableString.Invariant($"time: {all.Sum(one => one.Rhythm.Missing):N0} steps are missing in {where}{Named(gapped)} between ")
                + $"{cells[before]} and {cells[after]}; {(table.Source.FillsMissing ? "they are filled" : "rows on both sides are treated as neighbours")}";
        }
    }

    private static string Named(SeriesRows series) => series.Key is null ? "" : $" of series '{series.Key}'";
}

using System.Globalization;

namespace MLNet.Sequence.Samples.Columnar;

/// <summary>A column of a Parquet or Arrow file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values, null where there is none; null: the column holds something else than numbers, texts and times.</param>
internal sealed record TypedColumn(string Name, IReadOnlyList<object?>? Values)
{
    private const string Day = "yyyy-MM-dd";

    /// <summary>The first rows.</summary>
    public TypedColumn First(int rows) => this with { Values = Values is null ? null : [.. Values.Take(rows)] };

    /// <summary>
    /// The values as a CSV file would have them, in the invariant culture, so that everything else reads all files alike. Numbers keep all
    /// their digits. Times have a clock only if one of them is not midnight, and a Z only if they are instants.
    /// </summary>
    public List<string>? Cells()
    {
        if (Values is null)
            return null;
        string form = Form();
        var cells = new List<string>(Values.Count);
        foreach (object? value in Values)
        {
            if (Written(value, form) is not { } cell)
                return null;
            cells.Add(cell);
        }

        return cells;
    }

    private string Form()
    {
        DateTime[] times = [.. Values!.Select(Time).OfType<DateTime>()];
        if (times.All(time => time.TimeOfDay == TimeSpan.Zero))
            return Day;
        string zone = Values!.Any(value => value is DateTimeOffset or DateTime { Kind: DateTimeKind.Utc }) ? "'Z'" : "";
        bool wholeSeconds = times.All(time => time.Ticks % TimeSpan.TicksPerSecond == 0);
        return $"{Day} HH:mm:ss{(wholeSeconds ? "" : ".fffffff")}{zone}";
    }

    private static DateTime? Time(object? value) => value switch
    {
        DateTime time => time,
        DateTimeOffset time => time.UtcDateTime,
        DateOnly day => day.ToDateTime(TimeOnly.MinValue),
        _ => null,
    };

    private static string? Written(object? value, string form) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        float or double or Half => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        sbyte or byte or short or ushort or int or uint or long or ulong or decimal => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        Guid key => key.ToString(),
        _ => Time(value)?.ToString(form, CultureInfo.InvariantCulture),
    };
}

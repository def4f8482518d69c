using System.Globalization;

namespace MLNet.Sequence.Reports;

/// <summary>A column of a report's table.</summary>
internal abstract record ReportColumn(string Name)
{
    /// <summary>What is shown where there is no number.</summary>
    protected const string None = "–";

    public abstract int Count { get; }

    /// <summary>A value as it is shown, in the invariant culture.</summary>
    public abstract string Text(int row);
}

internal sealed record TextColumn(string Name, IReadOnlyList<string> Values) : ReportColumn(Name)
{
    public override int Count => Values.Count;

    public override string Text(int row) => Values[row];
}

internal sealed record CountColumn(string Name, IReadOnlyList<long> Values) : ReportColumn(Name)
{
    public override int Count => Values.Count;

    public override string Text(int row) => Values[row].ToString(CultureInfo.InvariantCulture);
}

/// <summary>Real numbers; null or NaN: there is none.</summary>
/// <param name="Name">The name, with the unit if it has one.</param>
/// <param name="Values">The numbers as they are.</param>
/// <param name="Format">How they are shown.</param>
internal sealed record NumberColumn(string Name, IReadOnlyList<double?> Values, string Format) : ReportColumn(Name)
{
    public NumberColumn(string name, IEnumerable<double> values, string format)
        : this(name, [.. values.Select(value => (double?)value)], format)
    {
    }

    public override int Count => Values.Count;

    public override string Text(int row) => Values[row] is { } value && !double.IsNaN(value) ? value.ToString(Format, CultureInfo.InvariantCulture) : None;
}

internal sealed record TimeColumn(string Name, IReadOnlyList<DateTime> Values) : ReportColumn(Name)
{
    private readonly string _format = Values.All(time => time.TimeOfDay == TimeSpan.Zero) ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss";

    public override int Count => Values.Count;

    public override string Text(int row) => Values[row].ToString(_format, CultureInfo.InvariantCulture);
}

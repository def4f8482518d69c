using System.Globalization;

namespace MLNet.Sequence.Samples.Series;

/// <summary>A quarter or an ISO 8601 week, by its number in the year; its time is its first day.</summary>
/// <param name="Pattern">yyyy is the year, q the quarter, ww the week and d its day; other characters are literal.</param>
internal sealed record PeriodForm(string Pattern) : TimeForm
{
    private const int QuarterMonths = 3, Quarters = 4, LastDay = 7, LastYear = 9998;

    public override bool TryRead(string cell, out DateTimeOffset time)
    {
        time = default;
        string text = cell.Trim();
        bool fits = text.Length == Pattern.Length && Pattern.Zip(text).All(pair =>
            char.IsAsciiLetterLower(pair.First) ? char.IsAsciiDigit(pair.Second) : pair.First == char.ToUpperInvariant(pair.Second));
        if (!fits)
            return false;
        (int year, int quarter, int week, int day) = (Number(text, "yyyy", 0), Number(text, "q", 1), Number(text, "ww", 1), Number(text, "d", 1));
        if (year is < 1 or > LastYear || quarter is < 1 or > Quarters || day is < 1 or > LastDay || week < 1 || week > ISOWeek.GetWeeksInYear(year))
            return false;
        DateTime first = IsQuarter ? new DateTime(year, QuarterMonths * (quarter - 1) + 1, 1) : ISOWeek.ToDateTime(year, week, (DayOfWeek)(day % LastDay));
        time = new DateTimeOffset(first, TimeSpan.Zero);
        return true;
    }

    public override string Write(DateTimeOffset time)
    {
        (int year, int day) = (IsQuarter ? time.Year : ISOWeek.GetYear(time.DateTime), ((int)time.DayOfWeek + LastDay - 1) % LastDay + 1);
        return Pattern.Replace("yyyy", $"{year:0000}", StringComparison.Ordinal)
            .Replace("q", $"{(time.Month - 1) / QuarterMonths + 1}", StringComparison.Ordinal)
            .Replace("ww", $"{ISOWeek.GetWeekOfYear(time.DateTime):00}", StringComparison.Ordinal).Replace("d", $"{day}", StringComparison.Ordinal);
    }

    public override string ToString() => Pattern;

    private bool IsQuarter => Pattern.Contains('q', StringComparison.Ordinal);

    // The value of a part that is not in the pattern.
    private int Number(string text, string part, int absent) => Pattern.IndexOf(part, StringComparison.Ordinal) is >= 0 and var start
        ? int.Parse(text.AsSpan(start, part.Length), NumberStyles.None, CultureInfo.InvariantCulture)
        : absent;
}

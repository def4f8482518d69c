using System.Globalization;

namespace MLNet.Sequence.Samples.Series;

/// <summary>A form in which times are written.</summary>
internal abstract record TimeForm
{
    public abstract bool TryRead(string cell, out DateTimeOffset time);

    public abstract string Write(DateTimeOffset time);
}

/// <summary>A date in one of .NET's patterns.</summary>
internal sealed record PatternForm(string Pattern) : TimeForm
{
    public override bool TryRead(string cell, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(cell.AsSpan().Trim(), Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    public override string Write(DateTimeOffset time) => time.ToString(Pattern, CultureInfo.InvariantCulture);

    public override string ToString() => Pattern.Replace("'", "", StringComparison.Ordinal);
}

/// <summary>Seconds since 1970, or thousandths, millionths or billionths of one.</summary>
/// <param name="UnitsPerSecond">1, 1e3, 1e6 or 1e9.</param>
/// <param name="Decimals">Number of decimals.</param>
internal sealed record EpochForm(decimal UnitsPerSecond, int Decimals) : TimeForm
{
    private const decimal First = 100_000_000m, Last = 7_258_118_400m, LongestSeconds = 100_000_000_000m, Thousand = 1000m;

    /// <summary>The form of a number that is a time between 1973 and 2200; null: it is not one.</summary>
    public static EpochForm? Of(string cell)
    {
        if (!TryNumber(cell, out decimal number) || number < First)
            return null;
        decimal units = 1;
        while (number / units >= LongestSeconds)
            units *= Thousand;
        return number / units is >= First and < Last ? new EpochForm(units, number.Scale) : null;
    }

    public override bool TryRead(string cell, out DateTimeOffset time)
    {
        bool fits = TryNumber(cell, out decimal number) && Math.Abs(number / UnitsPerSecond) < LongestSeconds;
        time = fits ? DateTimeOffset.UnixEpoch.AddTicks((long)(number / UnitsPerSecond * TimeSpan.TicksPerSecond)) : default;
        return fits;
    }

    public override string Write(DateTimeOffset time) =>
        ((time - DateTimeOffset.UnixEpoch).Ticks * UnitsPerSecond / TimeSpan.TicksPerSecond).ToString($"F{Decimals}", CultureInfo.InvariantCulture);

    public override string ToString() =>
        UnitsPerSecond switch { 1 => "seconds", Thousand => "milliseconds", Thousand * Thousand => "microseconds", _ => "nanoseconds" } + " since 1970";

    private static bool TryNumber(string cell, out decimal number) =>
        decimal.TryParse(cell,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out number);
}

namespace MLNet.Sequence.Samples.Series;

/// <summary>The known time forms.</summary>
internal static class TimeForms
{
    /// <summary>Examples for messages.</summary>
    public const string Known =
        "2024-01-31, 31.01.2024, 31/01/2024, 01/31/2024, 31-Jan-2024, Jan 31, 2024 (each also with a clock: 13:05, 13:05:59.123, 1:05 PM, and Z or +01:00), "
        + "2024-01, Jan 2024, 2024-Q1, 2024-W05, 20240131, 202401, and seconds, milliseconds, microseconds or nanoseconds since 1970";

    // Two digits have precedence over one or two: times are written as they were read.
    private static readonly string[] Days =
    [
        .. new[] { "-", "/", ".", " " }.SelectMany(mark => new[] { $"yyyy{mark}MM{mark}dd", $"yyyy{mark}M{mark}d" }),
        .. new[] { ".", "/", "-" }.SelectMany(mark => new[] { "yyyy", "yy" }.SelectMany(year => new[]
        {
            $"dd{mark}MM{mark}{year}", $"MM{mark}dd{mark}{year}", $"d{mark}M{mark}{year}", $"M{mark}d{mark}{year}",
        })),
        "yy-MM-dd", "yy/MM/dd", "yy.MM.dd",
        .. new[] { "MMM", "MMMM" }.SelectMany(month => new[]
        {
            $"dd-{month}-yyyy", $"d-{month}-yyyy", $"dd {month} yyyy", $"d {month} yyyy", $"{month} dd, yyyy", $"{month} d, yyyy", $"{month} d yyyy",
            $"yyyy-{month}-dd", $"dd-{month}-yy", $"d-{month}-yy", $"ddd, dd {month} yyyy", $"ddd {month} d yyyy",
        }),
        "yyyyMMdd",
    ];

    private static readonly string[] Fractions = ["", ".f", ".ff", ".fff", ".ffffff", ".fffffff", ".fffffff'00'", ".FFFFFFF"];

    private static readonly string[] Clocks =
    [
        .. new[] { " ", "'T'", ", " }.SelectMany(
            mark => Fractions.Select(fraction => $"{mark}HH:mm:ss{fraction}").Concat([$"{mark}HH:mm", $"{mark}H:mm:ss", $"{mark}H:mm"])),
        .. new[] { " ", ", " }.SelectMany(mark => new[] { " tt", "tt" }.SelectMany(half => new[]
        {
            $"{mark}hh:mm:ss{half}", $"{mark}hh:mm{half}", $"{mark}h:mm:ss{half}", $"{mark}h:mm{half}", $"{mark}h{half}",
        })),
        "'T'HHmmss", "'T'HHmm", " HHmmss", " HHmm", " HH", "'T'HH",
    ];

    private static readonly string[] Zones = ["", "'Z'", "zzz", " zzz", "' UTC'", "' GMT'"];

    private static readonly string[] Months =
    [
        "yyyy-MM", "yyyy-M", "yyyy/MM", "yyyy/M", "MM/yyyy", "M/yyyy", "MM-yyyy", "M-yyyy", "MM.yyyy", "M.yyyy",
        .. new[] { "MMM", "MMMM" }.SelectMany(
            month => new[] { $"{month} yyyy", $"{month}-yyyy", $"yyyy-{month}", $"yyyy {month}", $"{month}-yy", $"{month} yy" }),
    ];

    private static readonly PatternForm[] Written =
        [.. Days.Concat(Days.SelectMany(day => Clocks.SelectMany(clock => Zones.Select(zone => day + clock + zone)))).Concat(Months)
            .Select(pattern => new PatternForm(pattern))];

    private static readonly PeriodForm[] Periods =
    [
        new("yyyy-Qq"), new("yyyyQq"), new("yyyy Qq"), new("yyyy/Qq"), new("Qq yyyy"), new("Qq-yyyy"), new("Qq/yyyy"),
        new("yyyy-Www"), new("yyyyWww"), new("yyyy Www"), new("yyyy-Www-d"), new("yyyyWwwd"),
    ];

    private static readonly PatternForm[] Digits =
        [.. new[] { "yyyyMMdd", "yyyyMM", "yyyyMMddHH", "yyyyMMddHHmm", "yyyyMMddHHmmss" }.Select(pattern => new PatternForm(pattern))];

    /// <summary>The forms that fit a cell.</summary>
    public static IEnumerable<TimeForm> Of(string cell)
    {
        if (cell.AsSpan().Trim().ContainsAnyExceptInRange('0', '9'))
            return Written.Concat<TimeForm>(Periods).Where(form => form.TryRead(cell, out _))
                .Concat<TimeForm>(EpochForm.Of(cell) is { } fraction ? [fraction] : []);
        return Digits.Where(form => form.TryRead(cell, out DateTimeOffset time) && time.Year is > 1800 and < 2200)
            .Concat<TimeForm>(EpochForm.Of(cell) is { } epoch ? [epoch] : []);
    }
}

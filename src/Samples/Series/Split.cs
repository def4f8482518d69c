using System.Globalization;

namespace MLNet.Sequence.Samples.Series;

/// <summary>How each series is split in time into training, validation and test rows: as fractions of its length or numbers of rows.</summary>
internal sealed record Split
{
    // 0.7 + 0.1 + 0.2 is a little more than 1 in binary.
    private const double Rounding = 1e-9;

    private readonly double[] _sizes;
    private readonly string _text;

    private Split(double[] sizes, string text) => (_sizes, _text) = (sizes, text);

    private bool IsFractions => _sizes.Sum() <= 1 + Rounding;

    public static Split Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var sizes = new double[3];
        bool numbers = parts.Length == 3;
        for (int i = 0; numbers && i < 3; i++)
            numbers = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out sizes[i]) && double.IsFinite(sizes[i]);
        var split = new Split(sizes, text);
        bool fits = numbers && sizes.All(size => size > 0)
            && (split.IsFractions || sizes.All(size => size == Math.Floor(size) && size <= int.MaxValue));
        return fits ? split : throw new UserError(
            $"--split '{text}' must be three parts for training, validation and test: fractions that sum to at most 1, such as 0.7,0.1,0.2, or "
                + "numbers of rows, such as 8640,2880,2880. None may be 0: models are chosen on the validation rows and measured on the test rows.");
    }

    /// <summary>Where training, validation and test rows end in a series of this length.</summary>
    public (int Train, int Validation, int Test) Ends(int length)
    {
        double unit = IsFractions ? length : 1;
        int End(int parts) => (int)Math.Min(int.MaxValue, Math.Floor(_sizes.Take(parts).Sum() * unit + Rounding * unit));
        return (End(1), End(2), End(3));
    }

    /// <summary>Null if a series of this length is long enough; otherwise the problem.</summary>
    public string? Problem(int length, int context, int horizon)
    {
        if (Holds(length, context, horizon))
            return null;
        (int train, int validation, int test) = Ends(length);
        if (!IsFractions && test <= length)
        {
            return $"--split {_text} gives {train} training, {validation - train} validation and {test - validation} test rows; "
                + $"needed are {context + horizon} (context {context} + horizon {horizon}), {horizon} and {horizon}";
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"it has {length} rows; at least {Needed(test, context, horizon)} are needed for context {context} and horizon {horizon} with --split {_text}");
    }

    public override string ToString() => _text;

    // Parts are rounded, so the least length is within a few rows of the quotient.
    private double Needed(int rows, int context, int horizon)
    {
        const int Around = 4;
        if (!IsFractions)
            return rows;
        double quotient = Math.Ceiling(Math.Max((context + horizon) / _sizes[0], Math.Max(horizon / _sizes[2], horizon / _sizes[1])));
        return quotient > int.MaxValue - Around
            ? quotient
            : Enumerable.Range(Math.Max(1, (int)quotient - Around), 2 * Around).FirstOrDefault(length => Holds(length, context, horizon), (int)quotient);
    }

    private bool Holds(int length, int context, int horizon)
    {
        (int train, int validation, int test) = Ends(length);
        return test <= length && train >= context + horizon
            && validation - train >= horizon && test - validation >= horizon;
    }
}

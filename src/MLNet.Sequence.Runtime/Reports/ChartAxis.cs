using System.Globalization;

namespace MLNet.Sequence.Reports;

/// <summary>One axis of a chart.</summary>
/// <param name="Low">Its lowest value.</param>
/// <param name="High">Its highest value.</param>
/// <param name="IsLogarithmic">Whether equal distances are equal factors; then both ends are above 0.</param>
internal sealed record ChartAxis(double Low, double High, bool IsLogarithmic)
{
    // The most dates that have room below a chart.
    private const int MostDates = 5;

    /// <summary>An axis around values, with a small margin; ignores infinite values and, on a logarithmic axis, those not above 0.</summary>
    public static ChartAxis Around(IEnumerable<double> values, bool isLogarithmic)
    {
        double[] known = [.. values.Where(value => double.IsFinite(value) && (!isLogarithmic || value > 0))];
        (double low, double high) = known.Length == 0 ? (1, 2) : (known.Min(), known.Max());
        if (isLogarithmic)
            return new ChartAxis(low / Math.Max(1.05, Math.Pow(high / low, 0.05)), high * Math.Max(1.05, Math.Pow(high / low, 0.05)), true);
        double room = high > low ? 0.06 * (high - low) : Math.Max(0.1 * Math.Abs(high), 1e-9);
        return new ChartAxis(low - room, high + room, false);
    }

    /// <summary>The position of a value, from 0 to 1.</summary>
    public double Place(double value) => Math.Clamp(IsLogarithmic
        ? Math.Log(Math.Max(value, Low) / Low) / Math.Log(High / Low)
        : (value - Low) / (High - Low), 0, 1);

    /// <summary>About five round numbers between the ends, with their labels.</summary>
    public IEnumerable<(double At, string Text)> Ticks()
    {
        if (IsLogarithmic && High / Low >= 20)
        {
            int first = (int)Math.Ceiling(Math.Log10(Low) - 1e-9), last = (int)Math.Floor(Math.Log10(High) + 1e-9), step = Math.Max(1, (last - first + 4) / 5);
            return Enumerable.Range(0, Math.Max(0, last - first) / step + 1).Select(i => Math.Pow(10, first + i * step)).Select(tick => (tick, Label(tick)));
        }

        double raw = (High - Low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double width = new[] { 1.0, 2, 2.5, 5, 10 }.Select(factor => factor * power).First(candidate => candidate >= raw * 0.99);
        // As many decimals as the difference of neighbours needs: 2.5 and 5 need one.
        string format = "F" + Math.Max(0, (int)Math.Ceiling(-Math.Log10(width) - 1e-9) + (Math.Abs(width / power - 2.5) < 1e-9 ? 1 : 0));
        return Enumerable.Range(0, 12).Select(i => (Math.Ceiling(Low / width) + i) * width).TakeWhile(tick => tick <= High)
            .Select(tick => (tick, tick.ToString(format, CultureInfo.InvariantCulture)));
    }

    /// <summary>The powers of 2 up to a number, every other one if there are many.</summary>
    public static IEnumerable<(double At, string Text)> Powers(int longest) =>
        Enumerable.Range(0, 20).Select(power => 1 << power).Where((steps, power) => steps <= longest && (longest <= 512 || power % 2 == 0))
            .Select(steps => ((double)steps, steps.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Dates at round distances, if the values are those of <see cref="DateTime.ToOADate"/>.</summary>
    public IEnumerable<(double At, string Text)> Dates()
    {
        double days = High - Low;
        double[] hours = [1, 3, 6, 12, 24, 48, 7 * 24, 14 * 24];
        if (Array.Find(hours, step => days * 24 / step <= MostDates) is > 0 and double step)
        {
            double width = step / 24;
            string format = step < 24 ? "MM-dd HH:mm" : "yyyy-MM-dd";
            return Enumerable.Range(0, MostDates + 1).Select(i => (Math.Ceiling(Low / width) + i) * width).TakeWhile(tick => tick <= High)
                .Select(tick => (tick, DateTime.FromOADate(tick).AddSeconds(0.5).ToString(format, CultureInfo.InvariantCulture)));
        }

        int[] spacings = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
        int months = spacings.FirstOrDefault(count => days / 30.4 / count <= MostDates, 2400);
        DateTime first = DateTime.FromOADate(Low);
        int from = first.Year * 12 + first.Month;
        return Enumerable.Range(0, MostDates + 2).Select(i => (from / months + i) * months)
            .Select(month => new DateTime(month / 12, month % 12 + 1, 1)).Where(date => date.ToOADate() >= Low && date.ToOADate() <= High)
            .Select(date => (date.ToOADate(), date.ToString("yyyy-MM", CultureInfo.InvariantCulture)));
    }

    private static string Label(double value) => value.ToString(value is >= 1e5 or < 1e-3 ? "0.#e0" : "0.####", CultureInfo.InvariantCulture);
}

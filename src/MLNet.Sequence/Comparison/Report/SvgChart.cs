using System.Globalization;
using System.Net;
using System.Text;

namespace MLNet.Sequence.Comparison;

/// <summary>One axis of a chart.</summary>
/// <param name="Low">Its lowest value.</param>
/// <param name="High">Its highest value.</param>
/// <param name="IsLogarithmic">Whether equal distances are equal factors; then both ends are above 0.</param>
internal sealed record ChartAxis(double Low, double High, bool IsLogarithmic)
{
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

    private static string Label(double value) => value.ToString(value is >= 1e5 or < 1e-3 ? "0.#e0" : "0.####", CultureInfo.InvariantCulture);
}

/// <summary>A chart as inline SVG, for light and dark pages, readable at the width of a phone.</summary>
internal sealed class SvgChart(ChartAxis across, ChartAxis up, int left = 72)
{
    private const int Width = 440, Height = 300, Top = 12, Right = 14, Bottom = 46;

    private readonly StringBuilder _body = new();

    public SvgChart Axes(string x, string y, IEnumerable<(double At, string Text)> ticksAcross, IEnumerable<(double At, string Text)> ticksUp)
    {
        foreach ((double at, string text) in ticksAcross)
        {
            _body.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{X(at):F1}\" x2=\"{X(at):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
            Text(X(at), Height - Bottom + 16, text, "middle");
        }

        foreach ((double at, string text) in ticksUp)
        {
            _body.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{left}\" x2=\"{Width - Right}\" y1=\"{Y(at):F1}\" y2=\"{Y(at):F1}\"/>");
            Text(left - 7, Y(at) + 4, text, "end");
        }

        Text((left + Width - Right) / 2.0, Height - 8, x, "middle", "name");
        if (y.Length > 0)
            _body.Append(CultureInfo.InvariantCulture, $"<text class=\"name\" transform=\"translate(12,{(Top + Height - Bottom) / 2}) rotate(-90)\" "
                + $"text-anchor=\"middle\">{WebUtility.HtmlEncode(y)}</text>");
        return this;
    }

    /// <summary>A line through points; values that are not finite are left out.</summary>
    public SvgChart Line(IEnumerable<(double X, double Y)> points, string color, bool dashed, string title)
    {
        (double X, double Y)[] known = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        string path = string.Join(" ", known.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}")));
        _body.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" "
            + $"stroke-linejoin=\"round\"{(dashed ? " stroke-dasharray=\"6 4\"" : "")}><title>{WebUtility.HtmlEncode(title)}</title></polyline>");
        foreach ((double x, double y) in known)
            _body.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"2.4\" fill=\"{color}\"/>");
        return this;
    }

    /// <summary>A dot with a horizontal interval.</summary>
    public SvgChart Dot((double X, double Y) at, (double Low, double High)? interval, string color, string title)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<g><title>{WebUtility.HtmlEncode(title)}</title>");
        if (interval is var (low, high))
            _body.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(low):F1}\" x2=\"{X(high):F1}\" y1=\"{Y(at.Y):F1}\" y2=\"{Y(at.Y):F1}\" "
                + $"stroke=\"{color}\" stroke-width=\"5\" stroke-linecap=\"round\" opacity=\".35\"/>");
        _body.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(at.X):F1}\" cy=\"{Y(at.Y):F1}\" r=\"5\" fill=\"{color}\"/></g>");
        return this;
    }

    /// <summary>A dashed horizontal line at a height.</summary>
    public SvgChart Level(double y, string text)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{left}\" x2=\"{Width - Right}\" y1=\"{Y(y):F1}\" y2=\"{Y(y):F1}\"/>");
        Text(left + 4, Y(y) - 5, text, "start");
        return this;
    }

    /// <summary>A label next to a point.</summary>
    public SvgChart Label(double x, double y, string text)
    {
        bool onTheRight = X(x) > left + 0.62 * (Width - left - Right);
        Text(X(x) + (onTheRight ? -9 : 9), Y(y) + 4, text, onTheRight ? "end" : "start");
        return this;
    }

    /// <param name="title">A description for readers who cannot see it.</param>
    public string Write(string title) => string.Create(CultureInfo.InvariantCulture,
        $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">{_body}</svg>");

    private double X(double value) => left + across.Place(value) * (Width - left - Right);

    private double Y(double value) => Height - Bottom - up.Place(value) * (Height - Top - Bottom);

    private void Text(double x, double y, string text, string anchor, string kind = "tick") => _body.Append(
        CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");
}

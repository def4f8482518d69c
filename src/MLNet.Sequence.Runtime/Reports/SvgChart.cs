using System.Globalization;
using System.Text;

namespace MLNet.Sequence.Reports;

/// <summary>A chart as inline SVG, for light and dark pages, readable at the width of a phone.</summary>
internal sealed class SvgChart(ChartAxis across, ChartAxis up, int left = 72)
{
    private const int Right = 14, Bottom = 46, MostDots = 40, Swatch = 22, LetterWidth = 7;

    // The colours of a page, for a file of its own.
    private const string Style = "svg{background:#fff}.grid{stroke:#e2e7ed}.mark{stroke:#5b6b7c;stroke-dasharray:3 3}"
        + "text{font:12px system-ui,sans-serif;fill:#5b6b7c}text.name{fill:#16202c}";

    private readonly StringBuilder _body = new();

    /// <summary>The width of the drawing; what is drawn becomes relatively smaller in a wider one. Default 440.</summary>
    public int Width { get; init; } = 440;

    public int Height { get; init; } = 300;

    /// <summary>The space above the curves, for a legend if it has one.</summary>
    public int Top { get; init; } = 12;

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
                + $"text-anchor=\"middle\">{ReportPage.Text(y)}</text>");
        return this;
    }

    /// <summary>The names of curves with their colours, in one line above them; <see cref="Top"/> leaves the space.</summary>
    public SvgChart Legend(params IEnumerable<(string Name, string Color, bool Dashed)> curves)
    {
        int x = left;
        foreach ((string name, string color, bool dashed) in curves)
        {
            _body.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" x2=\"{x + Swatch - 6}\" y1=\"12\" y2=\"12\" stroke=\"{color}\" "
                + $"stroke-width=\"3\"{(dashed ? " stroke-dasharray=\"5 3\"" : "")}/>");
            Text(x + Swatch, 16, name, "start", "name");
            x += Swatch + 12 + LetterWidth * name.Length;
        }

        return this;
    }

    /// <summary>The area between two curves, from low to high at each point.</summary>
    public SvgChart Band(IEnumerable<(double X, double Low, double High)> points, string color, string title)
    {
        (double X, double Low, double High)[] known = [.. points.Where(point => double.IsFinite(point.Low) && double.IsFinite(point.High))];
        IEnumerable<(double X, double Y)> edge = [.. known.Select(point => (point.X, point.High)), .. known.Reverse().Select(point => (point.X, point.Low))];
        _body.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{Path(edge)}\" fill=\"{color}\" opacity=\".18\">"
            + $"<title>{ReportPage.Text(title)}</title></polygon>");
        return this;
    }

    /// <summary>A dashed vertical line.</summary>
    public SvgChart Upright(double x, string text)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{X(x):F1}\" x2=\"{X(x):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
        bool onTheRight = X(x) > left + 0.7 * (Width - left - Right);
        Text(X(x) + (onTheRight ? -5 : 5), Top + 12, text, onTheRight ? "end" : "start");
        return this;
    }

    /// <summary>A filled rectangle between two corners.</summary>
    public SvgChart Cell((double X, double Y) low, (double X, double Y) high, (string Color, double Opacity) fill, string title)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<rect x=\"{X(low.X):F1}\" y=\"{Y(high.Y):F1}\" width=\"{X(high.X) - X(low.X):F1}\" "
            + $"height=\"{Y(low.Y) - Y(high.Y):F1}\" fill=\"{fill.Color}\" opacity=\"{fill.Opacity:0.##}\">"
            + $"<title>{ReportPage.Text(title)}</title></rect>");
        return this;
    }

    /// <summary>A text whose middle is at a point.</summary>
    public SvgChart Word(double x, double y, string text)
    {
        Text(X(x), Y(y) + 4, text, "middle", "name");
        return this;
    }

    /// <summary>A line through points, with dots if they are few; values that are not finite are left out.</summary>
    public SvgChart Line(IEnumerable<(double X, double Y)> points, string color, bool dashed, string title)
    {
        (double X, double Y)[] known = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        _body.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{Path(known)}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" "
            + $"stroke-linejoin=\"round\"{(dashed ? " stroke-dasharray=\"6 4\"" : "")}><title>{ReportPage.Text(title)}</title></polyline>");
        foreach ((double x, double y) in known.Length <= MostDots ? known : [])
            _body.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"2.4\" fill=\"{color}\"/>");
        return this;
    }

    /// <summary>A dot with a horizontal interval.</summary>
    public SvgChart Dot((double X, double Y) at, (double Low, double High)? interval, string color, string title)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<g><title>{ReportPage.Text(title)}</title>");
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
        $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{ReportPage.Text(title)}\">{_body}</svg>");

    /// <summary>A file of charts of the same width, one below the other.</summary>
    /// <param name="title">A description for readers who cannot see it.</param>
    /// <param name="charts">The charts from top to bottom; at least one.</param>
    public static string File(string title, params IReadOnlyList<SvgChart> charts)
    {
        int height = 0;
        var text = new StringBuilder();
        foreach (SvgChart chart in charts)
        {
            text.Append(CultureInfo.InvariantCulture, $"<svg y=\"{height}\" width=\"{chart.Width}\" height=\"{chart.Height}\">{chart._body}</svg>");
            height += chart.Height;
        }

        return string.Create(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {charts[0].Width} {height}\">"
            + $"<title>{ReportPage.Text(title)}</title><style>{Style}</style>{text}</svg>");
    }

    private string Path(IEnumerable<(double X, double Y)> points) =>
        string.Join(" ", points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}")));

    private double X(double value) => left + across.Place(value) * (Width - left - Right);

    private double Y(double value) => Height - Bottom - up.Place(value) * (Height - Top - Bottom);

    private void Text(double x, double y, string text, string anchor, string kind = "tick") => _body.Append(
        CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\">{ReportPage.Text(text)}</text>");
}

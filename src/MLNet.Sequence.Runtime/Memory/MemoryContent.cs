using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Memory;

/// <summary>What the pages of measured memory and of truncations show.</summary>
internal static class MemoryContent
{
    private const string Blue = "#2563eb", Orange = "#ea580c";

    // A change below a millionth of the largest one is drawn as that.
    private const double Smallest = 1e-6;

    public static ReportContent Of(MemoryReport report) => new("Measured memory")
    {
        Summary = string.Create(CultureInfo.InvariantCulture,
            $"{report.Steps} of {report.LongestExample} steps keep the {report.Metric} within {100 * report.Tolerance:G3} %, measured on {report.Examples} "
                + $"examples."),
        Facts =
        [
            new(string.Create(CultureInfo.InvariantCulture, $"steps are enough, of {report.LongestExample}"), Count(report.Steps)),
            new(string.Create(CultureInfo.InvariantCulture, $"{100 * report.Confidence:G3} % interval of these steps"),
                $"{report.StepsLow} … {report.StepsHigh}"),
            new($"{report.Metric} with all steps", report.FullMetric.ToString("G6", CultureInfo.InvariantCulture)),
            .. report.ExcessEntropy is { } entropy
                ? [
                    new ReportFact("excess entropy, estimated: what the past says about the future", entropy.ToString()),
                    new ReportFact(string.Create(CultureInfo.InvariantCulture, $"nats that {report.Steps} steps cost at most, by this estimate"),
                        entropy.MostAfter(report.Steps).ToString("G3", CultureInfo.InvariantCulture)),
                    new ReportFact(string.Create(CultureInfo.InvariantCulture, $"nats that {report.Steps} steps cost, measured"),
                        report.CostInNats.ToString("G3", CultureInfo.InvariantCulture)),
                ]
                : Array.Empty<ReportFact>(),
            .. Rate("factor per step by which close states change their distance, measured", report.ContractionRate),
            .. Rate("certified factor per step, at most", report.CertifiedRate),
        ],
        Charts =
        [
            new("Error with the last steps alone", Curve(report), "Where the curve reaches the dotted line, more steps do not help. The area is the interval."),
            .. report.Influence.Any(influence => influence.Perturbation > 0)
                ? [new ReportChart("Influence of past inputs", Influences(report), "The change of the output when one input is moved by a standard deviation.")]
                : Array.Empty<ReportChart>(),
        ],
        Tables = [Steps(report.Curve, report.Metric), Influence(report.Influence)],
    };

    public static ReportContent Of(TruncationReport report) => new("Truncation")
    {
        Summary = report.ToString(),
        Tables =
        [
            new("Error of the truncated model",
                new CountColumn("steps", [report.Steps]),
                new NumberColumn("bound", [report.Bound], "G4"),
                new NumberColumn("largest error", [report.LargestError], "G4"),
                new TextColumn("certified", [report.Certified ? "yes" : "no"]),
                new CountColumn("examples", [report.Examples]),
                new CountColumn("examples outside", [report.ExamplesOutside])),
        ],
    };

    private static ReportTable Steps(IReadOnlyList<MemoryStep> curve, string metric) => new("The last k steps alone",
        new CountColumn("steps shown", [.. curve.Select(step => (long)step.Steps)]),
        new NumberColumn(metric, curve.Select(step => step.Metric), "G6"),
        new NumberColumn("worse by %", curve.Select(step => 100 * step.Excess), "F2"),
        new NumberColumn("at least %", curve.Select(step => 100 * step.ExcessLow), "F2"),
        new NumberColumn("at most %", curve.Select(step => 100 * step.ExcessHigh), "F2"),
        new NumberColumn("mean change", curve.Select(step => step.MeanChange), "G4"),
        new NumberColumn("largest change", curve.Select(step => step.MaxChange), "G4"));

    private static ReportTable Influence(IReadOnlyList<StepInfluence> influence) => new("Influence of single inputs",
        new CountColumn("steps back", [.. influence.Select(one => (long)one.StepsBack)]),
        new NumberColumn("gradient", influence.Select(one => one.Gradient), "G4"),
        new NumberColumn("perturbation", influence.Select(one => one.Perturbation), "G4"));

    private static string Curve(MemoryReport report)
    {
        ChartAxis across = Logarithmic(report.LongestExample);
        var up = ChartAxis.Around(report.Curve.SelectMany(step => new[] { step.Excess, step.ExcessLow, step.ExcessHigh })
            .Append(report.Tolerance).Select(excess => 100 * excess), isLogarithmic: false);
        var chart = new SvgChart(across, up);
        chart.Axes("last steps shown", "error worse by %", ChartAxis.Powers(report.LongestExample), up.Ticks());
        chart.Level(100 * report.Tolerance, string.Create(CultureInfo.InvariantCulture, $"{100 * report.Tolerance:G3} % worse"));
        chart.Band(report.Curve.Select(step => ((double)step.Steps, 100 * step.ExcessLow, 100 * step.ExcessHigh)), Blue, "interval");
        chart.Line(report.Curve.Select(step => ((double)step.Steps, 100 * step.Excess)), Blue, dashed: false, report.Metric);
        return chart.Write("How the error falls as more of the last steps are shown");
    }

    private static string Influences(MemoryReport report)
    {
        double least = report.Influence.Max(influence => influence.Perturbation) * Smallest;
        (double, double)[] points = [.. report.Influence.Where(influence => influence.Perturbation > 0)
            .Select(influence => (influence.StepsBack + 1.0, Math.Max(influence.Perturbation, least)))];
        var up = ChartAxis.Around(points.Select(point => point.Item2), isLogarithmic: true);
        var chart = new SvgChart(Logarithmic(report.LongestExample), up);
        chart.Axes("steps back (1: the current step)", "change of the output", ChartAxis.Powers(report.LongestExample), up.Ticks());
        chart.Line(points, Orange, dashed: false, "perturbation");
        return chart.Write("How much the output changes when one past input is moved by a standard deviation");
    }

    private static ChartAxis Logarithmic(int longest) => new(0.9, Math.Max(longest, 2) * 1.1, IsLogarithmic: true);

    private static IEnumerable<ReportFact> Rate(string name, double? rate) =>
        rate is { } factor ? [new(name, factor.ToString("G4", CultureInfo.InvariantCulture))] : [];

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}

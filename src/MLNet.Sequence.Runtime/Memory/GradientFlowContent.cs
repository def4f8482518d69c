using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Memory;

/// <summary>What the page of a flow of gradients shows.</summary>
internal static class GradientFlowContent
{
    private const string Blue = "#2563eb", Orange = "#ea580c";

    public static ReportContent Of(GradientFlowReport report) => new("Flow of gradients")
    {
        Summary = string.Create(CultureInfo.InvariantCulture,
            $"The gradient of the {report.LossName} changes by a factor of {report.Rate:G4} per step back, measured on {report.Examples} examples."),
        Facts =
        [
            new("factor per step, measured", report.Rate.ToString("G4", CultureInfo.InvariantCulture)),
            .. report.CertifiedRate is { } rate
                ? [new ReportFact("certified factor per step, at most", rate.ToString("G4", CultureInfo.InvariantCulture))]
                : Array.Empty<ReportFact>(),
        ],
        Charts = report.Curve.Any(step => step.Norm > 0)
            ? [new("Gradient over distance", Curve(report), "A line that falls is a gradient that vanishes. It cannot pass the bound, where one is proved.")]
            : [],
        Tables =
        [
            new("Gradient of the loss by an earlier state",
                new CountColumn("steps back", [.. report.Curve.Select(step => (long)step.StepsBack)]),
                new NumberColumn("gradient norm", report.Curve.Select(step => step.Norm), "G4"),
                new NumberColumn("largest", report.Curve.Select(step => step.Largest), "G4"),
                new NumberColumn("bound", [.. report.Curve.Select(step => step.Bound)], "G4")),
        ],
    };

    private static string Curve(GradientFlowReport report)
    {
        (double Back, double Norm)[] norms = [.. report.Curve.Where(step => step.Norm > 0).Select(step => ((double)step.StepsBack, step.Norm))];
        (double Back, double Bound)[] bounds = [.. report.Curve.Where(step => step.Bound > 0).Select(step => ((double)step.StepsBack, step.Bound!.Value))];
        var across = ChartAxis.Around([0, report.Curve[^1].StepsBack], isLogarithmic: false);
        var up = ChartAxis.Around(norms.Concat(bounds).Select(point => point.Item2), isLogarithmic: true);
        var chart = new SvgChart(across, up) { Top = 30 };
        chart.Axes("steps back", "norm of the gradient", across.Ticks(), up.Ticks());
        chart.Legend([("measured", Blue, false), .. bounds.Length > 0 ? [("proved bound", Orange, true)] : Array.Empty<(string, string, bool)>()]);
        chart.Line(norms, Blue, dashed: false, "measured");
        if (bounds.Length > 0)
            chart.Line(bounds, Orange, dashed: true, "proved bound");
        return chart.Write("How the gradient of the loss changes with the distance of the state");
    }
}

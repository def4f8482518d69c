using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Certificates;

/// <summary>What the page of a certificate shows.</summary>
internal static class CertificateContent
{
    private const string Teal = "#0d9488";

    // The longest window of the table, a power of 2: every certificate of practical use reaches its floor before.
    private const int Longest = 4096;

    private static readonly double[] Tolerances = [1e-2, 1e-3, 1e-4];

    public static ReportContent Of(MemoryCertificate certificate)
    {
        MemoryCertificate proved = certificate.OfNetwork;
        (int Steps, double Error)[] bounds = [.. Bounds(proved)];
        return new("Certificate of memory")
        {
            Summary = certificate.ToString(),
            Facts =
            [
                .. Fact("λ: states approach each other by this factor per step", proved.Lambda?.ToString("F4", CultureInfo.InvariantCulture)),
                .. Fact("last steps that an output can depend on", proved.ReceptiveField?.ToString(CultureInfo.InvariantCulture)),
                .. proved.Lambda is null ? [] : Tolerances.Select(tolerance => new ReportFact(string.Create(CultureInfo.InvariantCulture,
                    $"steps for an error of {tolerance}"), proved.StepsFor(tolerance)?.ToString(CultureInfo.InvariantCulture) ?? "not proved")),
            ],
            Charts = bounds.Count(bound => bound.Error > 0) > 1 ? [new("Proved error of the last k steps", Curve(bounds), "The error of a model that reads "
                + "only the last k steps is never above this curve, for any input that the certificate covers.")] : [],
            Tables =
            [
                new("Proved error of the last k steps",
                    new CountColumn("steps", [.. bounds.Select(bound => (long)bound.Steps)]),
                    new NumberColumn("error at most", bounds.Select(bound => bound.Error), "G4")),
            ],
        };
    }

    // Powers of two, up to the first that has no smaller error than the one before; none if nothing is proved.
    private static IEnumerable<(int Steps, double Error)> Bounds(MemoryCertificate certificate)
    {
        double before = double.PositiveInfinity;
        for (int steps = 1; certificate.IsCertified && steps <= Longest; steps *= 2)
        {
            double error = certificate.ErrorAfter(steps);
            if (double.IsFinite(error))
                yield return (steps, error);
            if (error == 0 || double.IsFinite(error) && error >= before)
                yield break;
            before = error;
        }
    }

    private static string Curve((int Steps, double Error)[] bounds)
    {
        (double X, double Y)[] points = [.. bounds.Where(bound => bound.Error > 0).Select(bound => ((double)bound.Steps, bound.Error))];
        var across = new ChartAxis(0.9, points[^1].X * 1.1, IsLogarithmic: true);
        var up = ChartAxis.Around(points.Select(point => point.Y), isLogarithmic: true);
        var chart = new SvgChart(across, up);
        chart.Axes("last steps read", "error at most", ChartAxis.Powers((int)points[^1].X), up.Ticks());
        chart.Line(points, Teal, dashed: false, "proved error");
        return chart.Write("The proved error by the number of last steps");
    }

    private static IEnumerable<ReportFact> Fact(string name, string? value) => value is null ? [] : [new(name, value)];
}

using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Comparison;

/// <summary>The curves of a report.</summary>
internal sealed class RecurrenceCharts(RecurrenceReport report)
{
    // Feed-forward models in cool colours, recurrent ones in warm colours.
    private static readonly string[] Cool = ["#2563eb", "#0d9488", "#7c3aed", "#0891b2", "#65a30d"],
        Warm = ["#ea580c", "#db2777", "#ca8a04", "#dc2626", "#9f1239"];

    // Those whose memory was measured.
    private readonly (ComparedModel Model, MemoryReport Memory)[] _measured =
        [.. report.Models.Where(model => model.Memory is not null).Select(model => (model, model.Memory!))];

    public string Color(ComparedModel model)
    {
        ComparedModel[] kin = [.. report.Models.Where(other => other.IsFeedForward == model.IsFeedForward)];
        string[] colors = model.IsFeedForward ? Cool : Warm;
        return colors[Array.IndexOf(kin, model) % colors.Length];
    }

    /// <summary>The errors with their intervals, the smallest on top.</summary>
    public string Errors()
    {
        ComparedModel[] models = [.. report.Models.OrderByDescending(model => model.Error)];
        var across = ChartAxis.Around(models.SelectMany(model => new[] { model.ErrorLow, model.ErrorHigh, model.Error }), isLogarithmic: false);
        var chart = new SvgChart(across, new ChartAxis(-0.6, models.Length - 0.4, false), left: 104);
        chart.Axes($"{report.Metric}, in {report.Terms.Unit}", "", across.Ticks(), models.Select((model, i) => ((double)i, model.Name)));
        for (int i = 0; i < models.Length; i++)
        {
            ComparedModel model = models[i];
            chart.Dot((model.Error, i), (model.ErrorLow, model.ErrorHigh), Color(model),
                $"{model.Name}: {RecurrenceReport.Error(model.Error)} ({RecurrenceReport.Error(model.ErrorLow)} … {RecurrenceReport.Error(model.ErrorHigh)})");
        }

        return chart.Write("Errors of the models with their intervals");
    }

    /// <summary>The errors of the best predictions by the number of last steps, with the baselines as lines.</summary>
    public string Ladder(DataMemory memory)
    {
        // No step at all is at one half: 1, 2, 4 have the same distance from each other.
        static double Place(int steps) => Math.Max(steps, 0.5);
        int longest = memory.Ladder[^1].Steps;
        double[] lines = [.. report.Baselines.Select(baseline => baseline.Error).Where(error => error <= 3 * memory.Ladder.Max(rung => rung.Error))];
        var up = ChartAxis.Around(memory.Ladder.SelectMany(rung => new[] { rung.ErrorLow, rung.ErrorHigh, rung.Error }).Concat(lines), isLogarithmic: false);
        var chart = new SvgChart(new ChartAxis(0.4, Math.Max(longest, 2) * 1.1, IsLogarithmic: true), up, left: 84);
        chart.Axes("last steps seen", $"{report.Metric}, in {report.Terms.Unit}", ChartAxis.Powers(longest).Prepend((0.5, "0")), up.Ticks());
        foreach (ComparedBaseline baseline in report.Baselines.Where(baseline => lines.Contains(baseline.Error)))
            chart.Level(baseline.Error, baseline.Name);
        chart.Line(memory.Ladder.Select(rung => (Place(rung.Steps), rung.Error)), Cool[0], false, "best");
        foreach (MemoryRung rung in memory.Ladder)
        {
            string interval = $"{RecurrenceReport.Error(rung.ErrorLow)} … {RecurrenceReport.Error(rung.ErrorHigh)}";
            string title = Invariant($"{rung.Steps} steps, {rung.Model}: {RecurrenceReport.Error(rung.Error)} ({interval})");
            chart.Dot((Place(rung.Steps), rung.Error), (rung.ErrorLow, rung.ErrorHigh), Cool[0], title);
        }

        return chart.Write("The error of the best predictions by the number of last steps");
    }

    /// <summary>The error with the last k steps divided by that with all.</summary>
    public string Memories()
    {
        double[] ratios = [.. _measured.SelectMany(one => one.Memory.Curve.Select(step => 1 + step.Excess))];
        var up = ChartAxis.Around(ratios.Select(ratio => Math.Min(ratio, 100)).Append(1.01).Append(1.1), isLogarithmic: true);
        var chart = new SvgChart(Steps(_measured.Max(one => one.Memory.LongestExample)), up);
        chart.Axes("last steps shown", "error divided by that with all steps",
            ChartAxis.Powers(_measured.Max(one => one.Memory.LongestExample)), Times(up));
        chart.Level(1 + _measured[0].Memory.Tolerance, Invariant($"{100 * _measured[0].Memory.Tolerance:G3} % worse"));
        foreach ((ComparedModel model, MemoryReport memory) in _measured)
            chart.Line(memory.Curve.Select(step => ((double)step.Steps, 1 + step.Excess)), Color(model), !model.IsFeedForward, model.Name);
        return chart.Write("How the error falls as more of the last steps are shown");
    }

    /// <summary>The influence of past inputs.</summary>
    public string Influences()
    {
        double[] largest = [.. _measured.Select(one => one.Memory.Influence.Max(influence => influence.Perturbation))];
        // A millionth of the largest is treated as 0.
        double least = largest.Max() * 1e-6;
        var up = ChartAxis.Around(_measured.SelectMany(one => one.Memory.Influence.Select(influence => Math.Max(influence.Perturbation, least))),
            isLogarithmic: true);
        int longest = _measured.Max(one => one.Memory.LongestExample);
        var chart = new SvgChart(Steps(longest), up);
        chart.Axes("steps back (1: the current step)", "change of the output", ChartAxis.Powers(longest), up.Ticks());
        foreach ((ComparedModel model, MemoryReport memory) in _measured)
            chart.Line(memory.Influence.Where(influence => influence.Perturbation > 0)
                .Select(influence => (influence.StepsBack + 1.0, Math.Max(influence.Perturbation, least))), Color(model), !model.IsFeedForward, model.Name);
        return chart.Write("How much the output changes when one past input is moved by a standard deviation");
    }

    /// <summary>The error and the cost of a step.</summary>
    public string Costs()
    {
        ComparedModel[] streamed = [.. report.Models.Where(model => double.IsFinite(model.StepMicroseconds))];
        var across = ChartAxis.Around(streamed.Select(model => model.StepMicroseconds), isLogarithmic: true);
        var up = ChartAxis.Around(streamed.Select(model => model.Error), isLogarithmic: false);
        var chart = new SvgChart(across, up, left: 84);
        chart.Axes($"microseconds per step of {report.Terms.Stepped}, plain C#", report.Metric, across.Ticks(), up.Ticks());
        foreach (ComparedModel model in streamed)
        {
            chart.Dot((model.StepMicroseconds, model.Error), null, Color(model),
                Invariant($"{model.Name}: {model.StepMicroseconds:F1} µs, {RecurrenceReport.Error(model.Error)}"));
            chart.Label(model.StepMicroseconds, model.Error, model.Name);
        }

        return chart.Write("The error and the cost of a step");
    }

    private static ChartAxis Steps(int longest) => new(0.9, Math.Max(longest, 2) * 1.1, IsLogarithmic: true);

    private static IEnumerable<(double, string)> Times(ChartAxis axis) =>
        new[] { 0.5, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100 }.Where(tick => tick >= axis.Low && tick <= axis.High
            && (axis.High < 4 || tick is not (1.1 or 1.25 or 1.5)))
            .Select(tick => (tick, tick.ToString("0.##", CultureInfo.InvariantCulture) + "×"));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

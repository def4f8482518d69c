using System.Text.Json;
using MLNet.Sequence.Bench.Tables;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using ScottPlot;

namespace MLNet.Sequence.Bench;

/// <summary>Pictures of the rows of chorales in bench/results: the cost and the benefit of stability, and the memory used.</summary>
internal static class StabilityCurves
{
    private static readonly string[] Limits = ["0.5", "0.7", "0.8", "0.9", "", "0.99", "0.999"];

    public static int Run()
    {
        Row[] sweep = [.. Limits.Select(limit => Row.Read(limit.Length == 0 ? "jsb-stable-rnn" : $"jsb-stable-rnn-{limit}")).OfType<Row>()];
        Sweep(sweep);
        Row[] grams = [.. Chorales.Windows.Select(steps => Row.Read($"jsb-lstm-ngram-{steps}")).OfType<Row>()];
        if (Row.Read("jsb-lstm") is { } lstm)
            Memory(grams, lstm);
        Console.WriteLine($"stability-curves: {sweep.Length} limits, {grams.Length} n-grams");
        return 0;
    }

    // The axis of the limits is 1 / (1 - λ), the number of steps after which a difference is e times smaller.
    private static void Sweep(Row[] rows)
    {
        double[] at = [.. rows.Select(row => -Math.Log10(1 - row["lambda"]))];
        var figure = new Multiplot();
        figure.AddPlots(2);
        Plot cost = figure.GetPlot(0), memory = figure.GetPlot(1);
        Line(cost, at, [.. rows.Select(row => row.Measured)], ("stable RNN", Colors.SteelBlue));
        if (Row.Read("jsb-rnn") is { } free)
            Line(cost, [at[0], at[^1]], [free.Measured, free.Measured], ("RNN without a limit", Colors.Gray));
        cost.YLabel("test nll");
        Line(memory, at, [.. rows.Select(row => Math.Log10(row["certifiedStepsFor1e-2"]))], ("proved enough for an error of .01", Colors.DarkOrange));
        Line(memory, at, [.. rows.Select(row => Math.Log10(row["stepsFor1Percent"]))], ("enough for 1 % of the loss, measured", Colors.SteelBlue));
        memory.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = power => FormattableString.Invariant($"{Math.Pow(10, power):0}")
        };
        memory.YLabel("steps");
        foreach (Plot plot in new[] { cost, memory })
        {
            plot.Axes.Bottom.SetTicks(at, [.. rows.Select(row => FormattableString.Invariant($"{row["lambda"]:0.###}"))]);
            plot.XLabel("limit λ of the contraction");
        }

        cost.Title("What stability costs and buys on chorales");
        memory.ShowLegend(Alignment.UpperLeft);
        cost.ShowLegend(Alignment.UpperRight);
        figure.SavePng(Path.Combine(DataFiles.Repository, "bench", "stability-sweep.png"), 900, 800);
    }

    private static void Memory(Row[] grams, Row lstm)
    {
        using var plot = new Plot();
        Line(plot, [.. grams.Select(row => Math.Log2(row.Window))], [.. grams.Select(row => row.Measured)],
            ("LSTM n-gram, trained on n steps", Colors.DarkOrange));
        (double Steps, double Loss)[] shown = [.. lstm.LossesOfLast()];
        Line(plot, [.. shown.Select(step => Math.Log2(step.Steps))], [.. shown.Select(step => step.Loss)], ("LSTM, shown its last n steps", Colors.SteelBlue));
        double[] ticks = [.. Enumerable.Range(0, 8).Select(power => (double)power)];
        plot.Axes.Bottom.SetTicks(ticks, [.. ticks.Select(power => $"{1 << (int)power}")]);
        plot.Title("Memory on chorales");
        plot.XLabel("n, the last steps that are seen");
        plot.YLabel("test nll");
        plot.ShowLegend(Alignment.UpperRight);
        plot.SavePng(Path.Combine(DataFiles.Repository, "bench", "memory-horizon.png"), 900, 500);
    }

    private static void Line(Plot plot, double[] x, double[] y, (string Name, Color Color) look)
    {
        var line = plot.Add.Scatter(x, y, look.Color);
        (line.LegendText, line.LineWidth) = (look.Name, 2);
    }

    /// <summary>A result of an earlier run.</summary>
    private sealed record Row(string Name, double Measured, Dictionary<string, double> Others)
    {
        public double this[string other] => Others[other];

        public double Window => double.Parse(Name[(Name.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

        public static Row? Read(string name)
        {
            string path = Path.Combine(DataFiles.Repository, "bench", "results", $"{name}.json");
            if (!File.Exists(path))
                return null;
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new Row(name, json.RootElement.GetProperty("measured").GetDouble(),
                json.RootElement.GetProperty("others").Deserialize<Dictionary<string, double>>()!);
        }

        public IEnumerable<(double Steps, double Loss)> LossesOfLast()
        {
            const string prefix = "lossOfTheLast";
            return Others.Where(other => other.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(other => (double.Parse(other.Key[prefix.Length..], System.Globalization.CultureInfo.InvariantCulture), other.Value)).Order();
        }
    }
}

using System.Globalization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using ScottPlot;
using TorchSharp;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Compares full training of a stable RNN with training in which each output is computed from its last k steps only, with the same seed and
/// batches: the distance of weights and predictions after each epoch (Miller and Hardt, arXiv 1805.10369, section 3.3). The oil temperature
/// of ETTh1, next hour from the last 64; gradient descent with a decreasing step, one thread.
/// </summary>
internal static class TruncatedTraining
{
    private const int Context = 64, Rows = 4000, Epochs = 6, Hidden = 32;
    private const double Lambda = 0.9;

    private static readonly int[] Truncations = [1, 2, 4, 8, 16, 32];

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
        WindowBatches batches = Read();
        History full = Train(batches, truncation: null);
        Console.WriteLine(FormattableString.Invariant(
            $"truncated-training: StableRnn, λ {Lambda}, hidden {Hidden}, {batches.Count} windows of {Context} steps, {Epochs} epochs, loss {full.Loss:F4}"));
        Console.WriteLine($"{"k",4}{"loss",9}  distance of weights, of predictions from those of full training, relative, by epoch");
        var curves = new List<(int Steps, double[] Weights, double[] Predictions)>();
        foreach (int steps in Truncations)
        {
            History truncated = Train(batches, steps);
            double[] weights = [.. truncated.Weights.Zip(full.Weights, Distance)], predictions = [.. truncated.Predictions.Zip(full.Predictions, Distance)];
            curves.Add((steps, weights, predictions));
            Console.WriteLine(FormattableString.Invariant($"{steps,4}{truncated.Loss,9:F4}  {Print(weights)}  {Print(predictions)}"));
        }

        Draw(curves);
        // Falling as k grows, down to the precision of float32.
        bool falls = curves.Zip(
            curves.Skip(1), (one, next) => next.Weights[^1] < one.Weights[^1] + 1e-6 && next.Predictions[^1] < one.Predictions[^1] + 1e-6).All(fall => fall);
        Console.WriteLine(falls ? "both fall as k grows" : "they do not fall as k grows");
        return falls ? 0 : 1;
    }

    private static Forecasting OneStep => new()
    {
        Targets = [new ChannelColumn("OT", ["OT"])],
        Context = Context,
        Horizon = 1,
        Normalization = WindowNormalization.None,
    };

    private static WindowBatches Read()
    {
        string[][] table = [.. DataFiles.ReadGzip(Path.Combine(DataFiles.Repository, "src", "Samples", "Data", "ETTh1.csv.gz")).Take(Rows + 1)];
        var set = new SeriesSet(["OT"]);
        foreach (string[] row in table.Skip(1))
            set.Add(null, [double.Parse(row[^1], CultureInfo.InvariantCulture)]);
        var shape = new WindowShape(Context, 1, Stride: 2);
        return new WindowBatches(Windows.Over(set, shape), OneStep, SeriesScaling.Fit(set, series => series.Length));
    }

    private static History Train(WindowBatches batches, int? truncation)
    {
        Layer backbone = new StableRnn { HiddenSize = Hidden, Lambda = Lambda }.Build(Context);
        NetworkPlan plan = OneStep.BuildNetwork(truncation is { } steps ? new Windowed(backbone, steps) : backbone);
        using var network = new TorchNetwork(plan, torch.CPU, Initializer.Draw(plan.AllWeights(), new RandomStream(1)));
        var history = new History();
        var job = new TrainingJob
        {
            Training = batches,
            Objective = new ForecastingObjective(),
            Seed = 1,
            Progress = progress =>
            {
                if (progress.Finished is { } epoch)
                    history.Add(network, batches, epoch.Loss);
            },
        };
        var options = new TrainingOptions
        {
            Epochs = Epochs,
            LearningRate = 0.05,
            Optimizer = new Sgd(),
            Schedule = new CosineSchedule(),
            ClipNorm = null,
            Patience = null
        };
        using var trainer = new Trainer(network, job, options);
        trainer.Run();
        return history;
    }

    private static double Distance(float[] one, float[] other)
    {
        double squares = 0, size = 0;
        for (int i = 0; i < one.Length; i++)
            (squares, size) = (squares + Math.Pow(one[i] - other[i], 2), size + Math.Pow(other[i], 2));
        return Math.Sqrt(squares / size);
    }

    private static string Print(double[] distances) =>
        string.Join(" ", distances.Select(distance => distance.ToString("0.0E+0", CultureInfo.InvariantCulture)));

    private static void Draw(List<(int Steps, double[] Weights, double[] Predictions)> curves)
    {
        using var plot = new Plot();
        double[] steps = [.. curves.Select(curve => Math.Log2(curve.Steps))];
        for (int epoch = 0; epoch < Epochs; epoch += Epochs - 1)
        {
            Curve($"weights, epoch {epoch + 1}", curve => curve.Weights[epoch], Colors.SteelBlue);
            Curve($"predictions, epoch {epoch + 1}", curve => curve.Predictions[epoch], Colors.DarkOrange);

            void Curve(string name, Func<(int, double[] Weights, double[] Predictions), double> distance, Color color)
            {
                var line = plot.Add.Scatter(steps, [.. curves.Select(curve => Math.Log10(Math.Max(distance(curve), 1e-9)))], color);
                line.LegendText = name;
                line.LineWidth = 2;
                line.LinePattern = epoch == 0 ? LinePattern.Dashed : LinePattern.Solid;
            }
        }

        plot.Axes.Bottom.SetTicks(steps, [.. curves.Select(curve => $"{curve.Steps}")]);
        plot.Axes.Left.TickGenerator =
            new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true, LabelFormatter = power => FormattableString.Invariant($"1e{power:0}") };
        plot.Title(FormattableString.Invariant($"Truncated training of a stable RNN (λ = {Lambda}) compared with full training"));
        plot.XLabel("k, the last steps that each output is computed from");
        plot.YLabel("relative distance");
        plot.ShowLegend(Alignment.UpperRight);
        plot.SavePng(Path.Combine(DataFiles.Repository, "bench", "truncated-training.png"), 900, 500);
    }

    /// <summary>The weights and predictions after each epoch.</summary>
    private sealed class History
    {
        public List<float[]> Weights { get; } = [];

        public List<float[]> Predictions { get; } = [];

        public double Loss { get; private set; }

        public void Add(TorchNetwork network, WindowBatches batches, double loss)
        {
            Loss = loss;
            Weights.Add([.. network.ReadWeights().SelectMany(weight => weight.Values)]);
            using var scope = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            Batch all = batches.Load([.. Enumerable.Range(0, (int)Math.Min(batches.Count, 1000)).Select(i => (long)i)], torch.CPU);
            Predictions.Add(network.Forward(all.Input, TorchPass.Scoring).data<float>().ToArray());
        }
    }
}

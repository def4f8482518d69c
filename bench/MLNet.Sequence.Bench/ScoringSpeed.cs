using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Forecasts of 100,000 windows through Transform, compared with the same batches on prepared values: through the same network by hand in
/// TorchSharp, with one thread or all cores, whichever is faster, and through the model's network in plain C# and in libtorch. Batch by batch in turn.
/// </summary>
/// <param name="architecture">The network.</param>
/// <param name="byHand">The same network by hand, from the number of inputs.</param>
internal sealed class ScoringSpeed(Architecture architecture, Func<int, HandMade> byHand)
{
    private const int Context = 96, Horizon = 24, Batch = 256, WarmUp = 20;

    /// <summary>All rows of the table. Exit code 0 if each reaches the aim.</summary>
    public static int RunAll(int windows) => new[]
    {
        new ScoringSpeed(new Lstm { HiddenSize = 64 }, inputs => HandMade.Lstm(inputs, 64)),
        new ScoringSpeed(new Gru { HiddenSize = 64 }, inputs => HandMade.Gru(inputs, 64)),
        new ScoringSpeed(new Rnn { HiddenSize = 64 }, inputs => HandMade.Rnn(inputs, 64)),
        new ScoringSpeed(new Tcn { Channels = 32, Levels = 5, KernelSize = 3 }, inputs => HandMade.Tcn(inputs, 32, 5)),
        new ScoringSpeed(new Transformer { Channels = 64, Layers = 2, Heads = 4 }, inputs => HandMade.Transformer(inputs, 64, 2, 4)),
    }.Max(row => row.Run(windows, aim: 0.9));

    private int Run(int windows, double aim)
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(architecture, new ForecastingOptions
        {
            Targets = ["Values"],
            Context = Context,
            Horizon = Horizon,
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { MaxSteps = 1 },
        }).Fit(Waves.Rows(ml, 1_000));
        using DataViewRowCursor cursor = Forecasts(model.Transform(Waves.Rows(ml, windows + Context)), out ValueGetter<VBuffer<float>> forecast);
        using var libtorch = new TorchNetwork(model.Model.Network, CPU, model.Model.Weights);
        using Tensor input = randn(Batch, Context, Waves.Channels);
        float[] prepared = [.. input.data<float>()];
        HandMade hand = byHand(Waves.Channels);
        using var head = nn.Linear(hand.Features, Horizon * Waves.Channels);
        int threads = new[] { 1, Environment.ProcessorCount }.MinBy(count =>
            Enumerable.Range(0, 4).Min(_ => Milliseconds(() => ByHand(hand, head, input, count))));
        (string Name, Action Run)[] ways =
        [
            ("Transform", () => Next(cursor, forecast)),
            (Invariant($"by hand, {threads} threads"), () => ByHand(hand, head, input, threads)),
            ("plain C#, prepared", () => model.Model.Managed.Score(prepared, Batch)),
            ("libtorch, prepared", () => Prepared(libtorch, prepared)),
        ];
        double[][] times = [.. ways.Select(_ => new double[windows / Batch])];
        for (int batch = 0; batch < times[0].Length; batch++)
        {
            for (int i = 0; i < ways.Length; i++)
                times[i][batch] = Milliseconds(ways[i].Run);
        }

        double[] medians = [.. times.Select(all => Race.Quantile(all[WarmUp..], 0.5))];
        double ratio = medians[1] / medians[0];
        Console.WriteLine(Invariant($"scoring: {architecture.Name}, {windows} windows of {Context} steps in batches of {Batch}; ")
            + Invariant($"cores: {Environment.ProcessorCount}; through Transform {ratio:F2} × as fast as by hand; aim: {aim}"));
        for (int i = 0; i < ways.Length; i++)
            Console.WriteLine(Invariant($"  {ways[i].Name,-20} {medians[i],8:F2} ms a batch, {times[i].Sum() / 1000,6:F1} s in all"));
        return ratio >= aim ? 0 : 1;
    }

    private static DataViewRowCursor Forecasts(IDataView view, out ValueGetter<VBuffer<float>> forecast)
    {
        DataViewSchema.Column column = view.Schema[^2];
        DataViewRowCursor cursor = view.GetRowCursor([column]);
        forecast = cursor.GetGetter<VBuffer<float>>(column);
        return cursor;
    }

    private static void Next(DataViewRowCursor cursor, ValueGetter<VBuffer<float>> forecast)
    {
        VBuffer<float> values = default;
        for (int row = 0; row < Batch && cursor.MoveNext(); row++)
            forecast(ref values);
    }

    private static void ByHand(HandMade hand, TorchSharp.Modules.Linear head, Tensor input, int threads)
    {
        using TorchThreads used = TorchThreads.Use(threads);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        head.call(hand.Forward(input));
    }

    private static void Prepared(TorchNetwork network, float[] prepared)
    {
        using TorchThreads one = TorchThreads.Use(1);
        network.Score(prepared, Batch);
    }

    private static double Milliseconds(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}

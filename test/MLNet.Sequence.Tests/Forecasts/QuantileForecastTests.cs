using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Model;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Training;
using TorchSharp;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Forecasts of quantiles: their values, their order, and the same results from all ways to forecast.</summary>
[TestClass]
public sealed class QuantileForecastTests
{
    private static readonly MLContext Ml = new(seed: 1);

    // The quantiles of the uniform distribution on [0, 1] are its levels, independent of the past.
    [TestMethod]
    public void Quantiles_of_noise_are_those_of_its_distribution()
    {
        var random = new Random(3);
        IDataView rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1200).Select(_ => new Value { Y = (float)random.NextDouble() }).ToArray());
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(new WindowMlp { HiddenSize = 8 }, Options with
        {
            Output = ForecastOutput.Quantiles(0.1, 0.5, 0.8),
            Training = new TrainingOptions { Epochs = 60, LearningRate = 2e-3, BatchSize = 128, Seed = 1, Threads = 1 },
        }).Fit(rows);
        float[][] forecasts = [.. model.Transform(rows).GetColumn<float[]>("Forecast").Skip(3)];
        foreach ((int place, double level) in new[] { (0, 0.1), (1, 0.5), (2, 0.8) })
            Assert.AreEqual(level, forecasts.Average(row => row[place]), 0.05, $"{level}");
    }

    [TestMethod]
    public void The_column_has_a_slot_for_each_level_and_metrics_are_of_the_middle_one()
    {
        IDataView rows = TinyForecasting.View(Ml, TinyForecasting.Steps(120));
        ForecastingOptions options = TinyForecasting.Options with { Targets = ["Load", "Price"], Output = ForecastOutput.Quantiles(0.05, 0.4, 0.9) };
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options).Fit(rows);
        IDataView scored = model.Transform(rows);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Forecast"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(
            new[] { "Load+1 q0.05", "Price+1 q0.05", "Load+1 q0.4", "Price+1 q0.4", "Load+1 q0.9", "Price+1 q0.9", "Load+2 q0.05" },
            names.DenseValues().Take(7).Select(name => name.ToString()).ToArray());
        float[][] forecasts = [.. scored.GetColumn<float[]>("Forecast")], actual = [.. scored.GetColumn<float[]>("Actual")];
        Assert.HasCount(18, forecasts[20]);
        Assert.HasCount(6, actual[20]);
        double[] errors = [.. from row in Enumerable.Range(0, 120)
            where !float.IsNaN(forecasts[row][0]) && !actual[row].Any(float.IsNaN)
            from step in Enumerable.Range(0, 3)
            from target in Enumerable.Range(0, 2)
            select Math.Abs((double)forecasts[row][step * 6 + 2 + target] - actual[row][step * 2 + target])];
        Assert.AreEqual(errors.Average(), Ml.Forecasting.EvaluateSequence(scored).MeanAbsoluteError, 1e-5);
        Assert.Contains("pinball", model.Model.Report.LossName ?? "", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Quantiles_never_cross_and_all_backends_give_the_same_of_every_architecture()
    {
        foreach (string name in Architecture.Names.Where(name => Architecture.FromName(name) is not Reference))
        {
            foreach (WindowNormalization normalization in new[] { WindowNormalization.None, WindowNormalization.MeanAndDeviation })
            {
                SequenceModel model = Random(FuzzedModels.Small(name), normalization);
                float[] history = SequenceBatch.Random(1, 6, 2, seed: 4).Floats;
                float[] forecast = model.Forecast(history);
                // [horizon, levels, targets]
                float[][][] steps = [.. forecast.Chunk(6).Select(step => step.Chunk(2).ToArray())];
                Assert.IsTrue(steps.All(step => step.Zip(step.Skip(1)).All(pair => pair.First[0] <= pair.Second[0] && pair.First[1] <= pair.Second[1])), name);

                (float[] window, _, ChannelScaling scaling) = Forecaster.Prepare(model, Forecaster.Wide(history), [], null);
                using NetworkProbe probe = NetworkProbe.InFloat32(model.Network, model.Weights);
                float[] raw = probe.Network.Score(window, 1);
                model.Task.Decoded.Apply(raw, scaling);
                Close.AssertEqual(Close.Doubles(forecast), Close.Doubles(raw), 1e-4, name);

                SequenceSession session = model.CreateSession();
                var output = new float[forecast.Length];
                foreach (float[] row in history.Chunk(2))
                    session.Step(row, output);
                Close.AssertEqual(Close.Doubles(forecast), Close.Doubles(output), 1e-4, name);

                using var folder = new TemporaryFolder();
                model.SaveOnnx(folder.At("model.onnx"));
                using var onnx = new OnnxSession(folder.At("model.onnx"));
                Close.AssertEqual(Close.Doubles(forecast), Close.Doubles(onnx.Run(new OnnxTensor("Sequence", history, 1, 6, 2))["Forecast"].Floats), 1e-4,
                    $"{name}, ONNX");
            }
        }
    }

    [TestMethod]
    public void The_loss_of_training_is_that_by_which_memory_is_measured()
    {
        var task = (Forecasting)Random(new Gru { HiddenSize = 3 }, WindowNormalization.None).Task;
        var objective = new ForecastingObjective(null, task);
        float[] output = SequenceBatch.Random(1, 1, 18, seed: 1).Floats, target = SequenceBatch.Random(1, 1, 6, seed: 2).Floats;
        using var scope = torch.NewDisposeScope();
        var batch = new Batch(torch.zeros(1, 1), torch.tensor(target).view(1, 6), 1);
        double expected = Enumerable.Range(0, 18).Average(i =>
        {
            double level = new[] { 0.1, 0.5, 0.9 }[i / 2 % 3], error = target[i / 6 * 2 + i % 2] - output[i];
            return error > 0 ? level * error : (level - 1) * error;
        });
        Assert.AreEqual(expected, objective.Loss(torch.tensor(output).view(1, 18), batch).item<float>(), 1e-6);
        Assert.AreEqual(expected, task.Loss.Of(output, target), 1e-6);
        // A missing target is not counted.
        target[3] = float.NaN;
        var gaps = new Batch(torch.zeros(1, 1), torch.tensor(target).view(1, 6), 1) { HasGaps = true };
        double left = Enumerable.Range(0, 18).Where(i => i / 6 * 2 + i % 2 != 3).Average(i =>
        {
            double level = new[] { 0.1, 0.5, 0.9 }[i / 2 % 3], error = target[i / 6 * 2 + i % 2] - output[i];
            return error > 0 ? level * error : (level - 1) * error;
        });
        Assert.AreEqual(left, objective.Loss(torch.tensor(output).view(1, 18), gaps).item<float>(), 1e-6);
    }

    [TestMethod]
    public void Levels_that_do_not_ascend_within_0_and_1_are_refused()
    {
        foreach (double[] levels in new double[][] { [0, 0.5], [0.5, 1], [0.5, 0.5], [0.9, 0.1], [double.NaN] })
        {
            string message = Assert.ThrowsExactly<ArgumentException>(() =>
                Ml.Forecasting.Trainers.Sequence(new Linear(), Options with { Output = ForecastOutput.Quantiles(levels) })).Message;
            StringAssert.Contains(message, "The levels of quantiles must ascend, each above 0 and below 1; found ");
        }

        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() =>
                Ml.Forecasting.Trainers.Sequence(new Linear(),
                Options with { Output = ForecastOutput.Quantiles(0.5), Loss = RegressionLoss.Absolute })).Message,
            "quantiles have the pinball loss");
    }

    private static ForecastingOptions Options => new() { Targets = ["Y"], Context = 4, Horizon = 1, Normalization = WindowNormalization.None };

    private static SequenceModel Random(Architecture architecture, WindowNormalization normalization)
    {
        var task = new Forecasting
        {
            Targets = [new ChannelColumn("a", ["a"]), new ChannelColumn("b", ["b"])],
            Context = 6,
            Horizon = 3,
            Levels = [0.1, 0.5, 0.9],
            Normalization = normalization,
        };
        Weights weights = NetworkProbe.RandomWeights(SequenceModel.BuildNetwork(architecture, task), seed: 8);
        return new SequenceModel(architecture, task, weights, new SeriesScaling(new ChannelScaling([1, 2], [2, 3]), []), UntrainedModel.Report);
    }

    private sealed class Value
    {
        public float Y { get; set; }
    }
}

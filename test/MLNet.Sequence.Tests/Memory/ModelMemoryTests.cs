using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Memory;

/// <summary>The memory of models, compared with the library's own evaluations and with known properties of their networks.</summary>
[TestClass]
public sealed class ModelMemoryTests
{
    private static readonly MemoryOptions All = new() { Examples = 100_000 };
    private static readonly TrainingOptions Brief = new() { Epochs = 2, Seed = 1, LearningRate = 1e-2 };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(WindowStatistics.WholeWindow)]
    [DataRow(WindowStatistics.StepsShown)]
    public void All_steps_of_a_forecaster_give_the_error_of_its_evaluation(WindowStatistics statistics)
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(80), TinyForecasting.SeriesOptions);
        IDataView test = Series(60, seed: 2);
        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(model.Transform(test));

        MemoryReport report = _ml.Sequence.MeasureMemory(model, test, All with { WindowStatistics = statistics });

        Assert.AreEqual(metrics.Count, report.Examples);
        Assert.AreEqual(metrics.StandardizedMeanSquaredError, report.FullMetric, 1e-5 * metrics.StandardizedMeanSquaredError);
        Assert.AreEqual(report.FullMetric, report.Curve[^1].Metric);
        Assert.AreEqual(TinyForecasting.Context, report.LongestExample);
        CollectionAssert.AreEqual(new[] { 1, 2, 4, 8 }, report.Curve.Select(step => step.Steps).ToArray());
    }

    [TestMethod]
    public void With_statistics_of_the_steps_shown_a_forecast_is_that_of_a_shorter_history()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(80));
        IDataView test = TinyForecasting.View(_ml, TinyForecasting.Steps(40, seed: 2));
        MemoryReport report = _ml.Sequence.MeasureMemory(model.Model, test, All with { WindowStatistics = WindowStatistics.StepsShown });

        // The same network with a context of 4, on the windows with a whole context before them.
        var shorter = new SequenceModel(
            model.Model.Architecture, model.Task with { Context = 4 }, model.Model.Weights, model.Model.Scaling, model.Model.Report);
        var rows = TinyForecasting.Steps(40, seed: 2)[(TinyForecasting.Context - 4)..];
        using var transformer = (ForecastingTransformer)_ml.Sequence.CreateTransformer(shorter);
        double expected = _ml.Forecasting.EvaluateSequence(transformer.Transform(TinyForecasting.View(_ml, rows))).StandardizedMeanSquaredError;
        Assert.AreEqual(expected, report.Curve.Single(step => step.Steps == 4).Metric, 1e-5 * expected);
    }

    [TestMethod]
    public void Beyond_its_receptive_field_nothing_changes()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(
            TinyForecasting.Steps(80), TinyForecasting.SeriesOptions, new WindowMlp { Window = 3, HiddenSize = 8 });
        MemoryReport report = _ml.Sequence.MeasureMemory(model, Series(60, seed: 2), All with { Steps = [1, 2, 3, 4, 5] });

        foreach (MemoryStep step in report.Curve)
            Assert.AreEqual(step.Steps < 3, step.MaxChange > 0, $"{step.Steps}");
        foreach (StepInfluence influence in report.Influence)
        {
            Assert.AreEqual(influence.StepsBack < 3, influence.Gradient > 0, $"{influence.StepsBack}");
            Assert.AreEqual(influence.StepsBack < 3, influence.Perturbation > 0, $"{influence.StepsBack}");
        }

        Assert.IsLessThanOrEqualTo(3, report.Steps);
        Assert.IsNull(report.LyapunovExponent);
    }

    [TestMethod]
    public void Of_a_linear_network_gradient_and_perturbation_are_its_coefficient()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(
            TinyForecasting.Steps(80), TinyForecasting.Options with { Horizon = 1, Normalization = WindowNormalization.None }, new Linear());
        MemoryReport report = _ml.Sequence.MeasureMemory(model, TinyForecasting.View(_ml, TinyForecasting.Steps(40)));

        float[] zero = model.Model.Managed.Run(new float[TinyForecasting.Context]);
        foreach (StepInfluence influence in report.Influence)
        {
            var unit = new float[TinyForecasting.Context];
            unit[^(influence.StepsBack + 1)] = 1;
            double coefficient = Math.Abs(model.Model.Managed.Run(unit)[0] - zero[0]);
            Assert.AreEqual(coefficient, influence.Gradient, 1e-4 * coefficient + 1e-6);
            Assert.AreEqual(coefficient, influence.Perturbation, 1e-3 * coefficient + 1e-5);
        }
    }

    [TestMethod]
    public void Gradients_are_taken_on_the_device_of_the_context()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(80), architecture: new Linear());
        var ml = new MLContext(seed: 1) { GpuDeviceId = 4711 };
        var error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            ml.Sequence.MeasureMemory(model.Model, TinyForecasting.View(ml, TinyForecasting.Steps(40))));
        StringAssert.Contains(error.Message, "CUDA device 4711");
    }

    [TestMethod]
    public void A_recurrent_forecaster_has_an_exponent()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(80), architecture: new Gru { HiddenSize = 4 });
        MemoryReport report = _ml.Sequence.MeasureMemory(model, TinyForecasting.View(_ml, TinyForecasting.Steps(60)));
        Assert.IsLessThan(0, report.LyapunovExponent!.Value);
        Assert.AreEqual(Math.Exp(report.LyapunovExponent.Value), report.ContractionRate!.Value);
        StringAssert.Contains(report.ToString(), "per step (measured, not proved)");
    }

    [TestMethod]
    public void The_measured_error_of_a_stable_forecaster_is_below_the_certified_one()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(80), architecture: new StableRnn { HiddenSize = 4, Lambda = 0.7 });
        MemoryReport report = _ml.Sequence.MeasureMemory(model, TinyForecasting.View(_ml, TinyForecasting.Steps(60)));
        Assert.IsLessThanOrEqualTo(0.7, report.CertifiedRate!.Value);
        Assert.IsLessThan(report.CertifiedRate.Value, report.ContractionRate!.Value);
        StringAssert.Contains(report.ToString(), "Certified: a factor of");
    }

    [TestMethod]
    public void All_steps_of_a_classifier_give_its_log_loss()
    {
        IDataView rows = LabelledSequence.View(_ml, LabelledSequence.Make(90));
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.Sequence(new Lstm { HiddenSize = 6 }, new SequenceOptions { Training = Brief }));
        using TransformerChain<SequencePredictionTransformer> model = pipeline.Fit(rows);
        IDataView scored = model.Transform(rows);

        MemoryReport report = _ml.Sequence.MeasureMemory(model.LastTransformer, scored, All);

        double expected = _ml.MulticlassClassification.Evaluate(scored).LogLoss;
        Assert.AreEqual("log-loss", report.Metric);
        Assert.AreEqual(expected, report.FullMetric, 1e-4 * expected);
        Assert.AreEqual(24, report.LongestExample);
    }

    [TestMethod]
    public void All_steps_of_yes_and_no_and_of_a_number_give_their_evaluations()
    {
        IDataView rows = LabelledSequence.View(_ml, LabelledSequence.Make(90));
        using SequencePredictionTransformer binary = _ml.BinaryClassification.Trainers.Sequence(
            new Tcn { Channels = 6 }, new SequenceOptions { LabelColumnName = "Yes", Training = Brief }).Fit(rows);
        using SequencePredictionTransformer number = _ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 6 }, new SequenceOptions { LabelColumnName = "Number", Training = Brief }).Fit(rows);

        // ML.NET states log-loss in bits.
        double logLoss = Math.Log(2) * _ml.BinaryClassification.Evaluate(binary.Transform(rows), "Yes").LogLoss;
        Assert.AreEqual(logLoss, _ml.Sequence.MeasureMemory(binary, rows, All with { LabelColumnName = "Yes" }).FullMetric, 1e-4 * logLoss);
        double deviation = ((SequenceRegression)number.Model.Task).LabelScaling.Deviation[0];
        double square = _ml.Regression.Evaluate(number.Transform(rows), "Number").MeanSquaredError / (deviation * deviation);
        Assert.AreEqual(square, _ml.Sequence.MeasureMemory(number, rows, All with { LabelColumnName = "Number" }).FullMetric, 1e-4 * square);
    }

    [TestMethod]
    public void All_steps_of_several_numbers_give_the_mean_of_their_squared_errors_in_deviations()
    {
        IDataView rows = _ml.Transforms.Conversion.ConvertType("One", "Yes").Append(_ml.Transforms.Concatenate("Numbers", "Number", "One"))
            .Fit(LabelledSequence.View(_ml, LabelledSequence.Make(90))).Transform(LabelledSequence.View(_ml, LabelledSequence.Make(90)));
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 6 }, new SequenceOptions { LabelColumnName = "Numbers", Training = Brief }).Fit(rows);

        ValueList<double> deviations = ((SequenceRegression)model.Model.Task).LabelScaling.Deviation;
        IDataView scored = model.Transform(rows);
        double expected = scored.GetColumn<float[]>("Numbers").Zip(scored.GetColumn<float[]>("Score"), (labels, scores) =>
            labels.Select((label, i) => Math.Pow(((double)scores[i] - label) / deviations[i], 2)).Average()).Average();
        Assert.HasCount(2, deviations);
        Assert.AreEqual(expected, _ml.Sequence.MeasureMemory(model, rows, All with { LabelColumnName = "Numbers" }).FullMetric, 1e-4 * expected);
    }

    [TestMethod]
    [DataRow(StepKind.MultiLabel)]
    [DataRow(StepKind.Real)]
    public void All_steps_before_a_step_give_its_loss(StepKind kind)
    {
        IDataView rows = StepSequence.View(_ml, kind == StepKind.Real ? StepSequence.Waves(20) : StepSequence.Scales(20));
        var options = new NextStepOptions { Kind = kind, Features = kind == StepKind.Real ? 2 : StepSequence.Keys, Training = Brief };
        using NextStepTransformer model = _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 6 }, options).Fit(rows);
        NextStepMetrics metrics = _ml.Sequence.EvaluateNextStep(model.Transform(rows));

        MemoryReport report = _ml.Sequence.MeasureMemory(model, rows, All);

        Assert.AreEqual(metrics.Steps, report.Examples);
        Assert.AreEqual(metrics.Loss, report.FullMetric, 1e-4 * metrics.Loss);
        Assert.IsNotNull(report.LyapunovExponent);
    }

    [TestMethod]
    public void Fewer_rows_than_needed_are_refused_with_the_number_needed()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(80));
        int needed = TinyForecasting.Context + TinyForecasting.Horizon + 1;
        string message = Assert.ThrowsExactly<InvalidOperationException>(
            () => _ml.Sequence.MeasureMemory(model, TinyForecasting.View(_ml, TinyForecasting.Steps(needed - 1)))).Message;
        StringAssert.Contains(message, $"a longest series of {needed - 1} rows");
        StringAssert.Contains(message, $"at least {needed} rows of a series are needed: Context {TinyForecasting.Context} + Horizon {TinyForecasting.Horizon}");
        Assert.AreEqual(2, _ml.Sequence.MeasureMemory(model, TinyForecasting.View(_ml, TinyForecasting.Steps(needed))).Examples);

        string missing = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.Sequence.MeasureMemory(model, LabelledSequence.View(_ml, LabelledSequence.Make(10)))).Message;
        StringAssert.Contains(missing, "Could not find target column 'Load'");
    }

    [TestMethod]
    public void A_label_of_other_classes_is_refused()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.Sequence(new Lstm { HiddenSize = 4 }, new SequenceOptions { Training = Brief }));
        using TransformerChain<SequencePredictionTransformer> model = pipeline.Fit(LabelledSequence.View(_ml, LabelledSequence.Make(60)));
        IDataView others = LabelledSequence.View(_ml, LabelledSequence.Make(60, shapes: 2));
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(others).Transform(others);

        string message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Sequence.MeasureMemory(model.LastTransformer, keyed)).Message;
        StringAssert.Contains(message, "bump, ramp, wave");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.Sequence.MeasureMemory(model.LastTransformer, others, new MemoryOptions { LabelColumnName = "Lable" }));
    }

    private IDataView Series(int count, int seed) => TinyForecasting.View(_ml, TinyForecasting.Steps(count, seed));
}

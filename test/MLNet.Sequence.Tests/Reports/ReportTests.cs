using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Tests.Certificates;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Reports;

[TestClass]
public sealed class TrainingReportTests : ReportContract<TrainingReport>
{
    protected override TrainingReport Report(string name) => new()
    {
        Epochs = [Epoch(1, 1.25, 1.5), Epoch(2, 0.625, 0.75), Epoch(3, 0.3125, null)],
        BestEpoch = 2,
        LossName = name,
        StoppedBecause = $"{name} was reached.",
        Seed = 17,
        Device = name,
        Threads = "2 threads",
        TrainingExamples = 400,
        ValidationExamples = 40,
        Seconds = 12.5,
        Options = JsonDocument.Parse("{}").RootElement,
        Versions = new Dictionary<string, string>(),
    };

    private static EpochReport Epoch(int number, double loss, double? validation) => new()
    {
        Epoch = number,
        Step = 10 * number,
        Loss = loss,
        ValidationLoss = validation,
        LearningRate = 0.001 / number,
        GradientNorm = 0.7 * number,
        Gradients = new GradientNorms { Clipped = 0.25, Low = 0.2, Median = 0.6, High = 1.5, Largest = 3 * number },
        Seconds = 1.25,
        SamplesPerSecond = 80,
    };
}

[TestClass]
public sealed class GradientFlowReportTests : ReportContract<GradientFlowReport>
{
    protected override GradientFlowReport Report(string name) => new()
    {
        Examples = 40,
        LossName = name,
        CertifiedRate = 0.875,
        Curve = [.. Enumerable.Range(1, 5).Select(back => new GradientFlowStep
        {
            StepsBack = back, Norm = Math.Pow(0.5, back), Largest = Math.Pow(0.5, back - 1), Bound = Math.Pow(0.75, back),
        })],
    };
}

[TestClass]
public sealed class MemoryReportTests : ReportContract<MemoryReport>
{
    protected override MemoryReport Report(string name) => new()
    {
        Metric = name,
        FullMetric = 0.5,
        Examples = 300,
        LongestExample = 16,
        Tolerance = 0.01,
        Confidence = 0.95,
        Steps = 4,
        StepsLow = 2,
        StepsHigh = 8,
        LyapunovExponent = -0.25,
        ExcessEntropy = new ExcessEntropy { Nats = 0.75, Low = 0.5, High = 1, Costs = [new(0, 0.5), new(1, 0.25), new(16, 0)] },
        CertifiedRate = 0.875,
        Curve = [.. new[] { 1, 2, 4, 8, 16 }.Select(steps => new MemoryStep
        {
            Steps = steps, Metric = 0.5 + 0.3 / steps, Excess = 0.6 / steps, ExcessLow = 0.5 / steps, ExcessHigh = 0.7 / steps, MeanChange = 0.1 / steps,
            MaxChange = 0.2 / steps,
        })],
        Influence = [.. Enumerable.Range(0, 4).Select(back => new StepInfluence { StepsBack = back, Perturbation = Math.Pow(0.5, back) })],
    };
}

[TestClass]
public sealed class TruncationReportTests : ReportContract<TruncationReport>
{
    protected override bool ShowsNames => false;

    protected override TruncationReport Report(string name) => new()
    {
        Model = UntrainedModels.Make(new StableRnn { HiddenSize = 4 }, UntrainedModels.NextStep()),
        Steps = 12,
        Bound = 0.5,
        LargestError = 0.25,
        Certified = true,
        Examples = 90,
        ExamplesOutside = 3,
    };
}

[TestClass]
public sealed class CertifiedMemoryTests : ReportContract<MemoryCertificate>
{
    protected override bool ShowsNames => false;

    protected override MemoryCertificate Report(string name) =>
        UntrainedModels.Make(new StableRnn { HiddenSize = 4, Lambda = 0.5 }, UntrainedModels.NextStep()).Certificate;
}

[TestClass]
public sealed class ForecastingMetricsReportTests : ReportContract<ForecastingMetrics>
{
    protected override ForecastingMetrics Report(string name)
    {
        var evaluator = new ForecastingEvaluator(new ForecastingEvaluatorOptions
        {
            Targets = [name, "other"],
            Horizon = 3,
            Seasonality = 2,
            StandardDeviations = [2, 3],
        });
        float[] history = [1, 2, 3, 4, 5, 6, 7, 8];
        evaluator.Add([1, 2, 3, 4, 5, 6], [1.5f, 2, 2.5f, 4, 7, 6], history, [2, 2]);
        evaluator.Add([2, 2, 3, 5, 5, 7], [1.5f, 1, 2.25f, 4, 7.5f, 6], history, [2, 2]);
        return evaluator.Compute();
    }
}

[TestClass]
public sealed class ClassificationMetricsReportTests : ReportContract<SequenceClassificationMetrics>
{
    protected override SequenceClassificationMetrics Report(string name) => new(["up", name, "steady"],
        [.. Enumerable.Range(0, 60).Select(row => new ClassifiedRow(row % 3, row % 7 == 0 ? 0 : row % 3, 0.1 + row % 5))], leftOut: 7,
        new BootstrapOptions { Resamples = 100 });
}

[TestClass]
public sealed class TagMetricsReportTests : ReportContract<SequenceTagMetrics>
{
    protected override SequenceTagMetrics Report(string name) => new(
        [(["B-" + name, "I-" + name, "O", "B-city"], ["B-" + name, "O", "O", "B-city"]), (["O", "B-city"], ["O", "O"])]);
}

[TestClass]
public sealed class RegressionMetricsReportTests : ReportContract<SequenceRegressionMetrics>
{
    protected override SequenceRegressionMetrics Report(string name) => new([name, "other"],
        [.. Enumerable.Range(0, 40).Select(row => (new float[] { row % 5, row % 3 }, new[] { row % 5 + 0.25f, row % 3 - row % 7 / 8f }))], leftOut: 1,
        new BootstrapOptions { Resamples = 100 });
}

[TestClass]
public sealed class NextStepMetricsReportTests : ReportContract<NextStepMetrics>
{
    protected override bool ShowsNames => false;

    protected override NextStepMetrics Report(string name) => new(StepKind.Token, [(1.5, 10), (2.25, 7), (0, 0)], new BootstrapOptions { Resamples = 100 });
}

[TestClass]
public sealed class SequenceToSequenceMetricsReportTests : ReportContract<SequenceToSequenceMetrics>
{
    protected override bool ShowsNames => false;

    protected override SequenceToSequenceMetrics Report(string name) => new(
        [
            new(["the", "cat", "sat", "on", "the", "mat"], ["the", "cat", "sat", "on", "a", "mat"]),
            new(["a", "dog", "ran", "home", "again"], ["a", "dog", "ran", "home", "again"]),
        ],
        BleuTokens.Rules13a, new BootstrapOptions { Resamples = 100 });
}

[TestClass]
public sealed class LearningRateCurveTests : ReportContract<LearningRateCurve>
{
    protected override bool ShowsNames => false;

    protected override LearningRateCurve Report(string name) => new(0.01, [.. Enumerable.Range(0, 12)
        .Select(step => new LearningRateStep(Math.Pow(10, -6 + step / 2.0), 2 - 0.1 * step))]);

    // The number of steps is the number of rows.
    protected override IEnumerable<string> Numbers(string text) => base.Numbers(text).Where(number => number != "12").Append("1.9");
}

[TestClass]
public sealed class DistillationReportTests : ReportContract<DistillationReport>
{
    protected override bool ShowsNames => false;

    protected override DistillationReport Report(string name) => new([2.5, 1.25, 0.5], [3, 2, 1], 1.75, 30, 4, 1);
}

[TestClass]
public sealed class ForecastPageTests : ReportContract<ForecastTable>
{
    protected override ForecastTable Report(string name)
    {
        List<Step> rows = [.. TinyForecasting.Steps(40, series: name), .. TinyForecasting.Steps(30, 2, "b")];
        using ForecastingTransformer model = TinyForecasting.Fit(rows, TinyForecasting.SeriesOptions with { Output = ForecastOutput.Quantiles(0.1, 0.5, 0.9) });
        return model.Forecast(TinyForecasting.View(new MLContext(seed: 1), rows));
    }
}

[TestClass]
public sealed class RecurrencePageTests : ReportContract<RecurrenceReport>
{
    private static readonly Lazy<RecurrenceReport> Compared = new(() =>
    {
        var ml = new MLContext(seed: 1);
        IDataView train = TinyForecasting.View(ml, TinyForecasting.Steps(100)), test = TinyForecasting.View(ml, TinyForecasting.Steps(60, seed: 2));
        return ml.Sequence.Compare(train, test, TinyForecasting.Options, [TinyForecasting.TinyLstm, new Linear()],
            new CompareOptions { Rounds = 1, TrainOn = false, DataMemory = false });
    });

    protected override bool ShowsNames => false;

    protected override bool HasOwnPage => true;

    protected override RecurrenceReport Report(string name) => Compared.Value;

    // Errors and their intervals: the rest of the text is wrapped, and the page says some of it in other words.
    protected override IEnumerable<string> Numbers(string text) => Compared.Value.Models
        .SelectMany(model => new[] { model.Error, model.ErrorLow, model.ErrorHigh }).Select(RecurrenceReport.Error).Where(number => text.Contains(number));
}

[TestClass]
public sealed class TuneReportTests : ReportContract<TuneReport>
{
    protected override TuneReport Report(string name)
    {
        var best = new TuneTrial(4, new TuneSettings(new Lstm { HiddenSize = 24 }) { Context = 48, LearningRate = 0.0025, BatchSize = 32 })
        { Rung = 1, Epochs = 20, Loss = 0.875, Seconds = 2.5 };
        var other = new TuneTrial(1, new TuneSettings(new Linear())) { Epochs = 6, Failure = name };
        return new TuneReport([best, other], best, name) { Options = null!, Model = null!, StoppedBecause = $"{name} was reached." };
    }
}

using Microsoft.ML;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests;

/// <summary>Operations on ml.Sequence end soon after their token is cancelled, in every part of their work.</summary>
[TestClass]
public sealed class CancelledOperationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_comparison_ends_in_the_middle_of_its_trainings()
    {
        using var stop = new CancellationTokenSource();
        IDataView train = TinyForecasting.View(_ml, TinyForecasting.Steps(100)), test = TinyForecasting.View(_ml, TinyForecasting.Steps(60, seed: 2));
        int told = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Sequence.Compare(train, test, TinyForecasting.Options, [TinyForecasting.TinyLstm],
            new CompareOptions
            {
                CancellationToken = stop.Token,
                Progress = new Listener<CompareProgress>(_ =>
                {
                    told++;
                    stop.Cancel();
                }),
            }));
        Assert.IsLessThan(4, told);
    }

    [TestMethod]
    public void A_measurement_of_memory_ends_in_the_middle_of_its_examples()
    {
        using var stop = new CancellationTokenSource();
        int calls = 0;
        float[] Function(float[] steps)
        {
            if (++calls == 5)
                stop.Cancel();
            return [steps[^1]];
        }

        MemoryExample[] examples = [.. Enumerable.Range(0, 50).Select(i => new MemoryExample([.. Enumerable.Range(i, 20).Select(t => (float)t)], [i]))];
        var options = new MemoryOptions { CancellationToken = stop.Token };
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Sequence.MeasureMemory(Function, examples, options: options));
        Assert.AreEqual(5, calls);
    }

    [TestMethod]
    public void Truncations_and_range_tests_end()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        IDataView rows = TinyForecasting.View(_ml, TinyForecasting.Steps(100));
        SequenceForecaster forecaster = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, TinyForecasting.Options);
        using ForecastingTransformer fitted = forecaster.Fit(rows);
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Sequence.Truncate(fitted.Model, rows, 0.1, stop.Token));
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Sequence.FindLearningRate(forecaster, rows, 20, stop.Token));
        NextStepTrainer next = _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 2 }, StepKind.Real);
        IDataView sequences = LabelledSequence.View(_ml, LabelledSequence.Make(20));
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Sequence.FindLearningRate(next, sequences, 20, stop.Token));
        LearningRateCurve curve = _ml.Sequence.FindLearningRate(next, sequences, 20);
        Assert.IsTrue(curve.Suggestion is > 1e-6 and < 1, $"{curve.Suggestion}");
    }

    private sealed class Listener<T>(Action<T> heard) : IProgress<T>
    {
        public void Report(T value) => heard(value);
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Backtests;

/// <summary>ML.NET's random splits of series are refused or warned of.</summary>
[TestClass]
public sealed class RandomSplitTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_random_part_of_a_series_is_refused_at_fit(bool isTimed)
    {
        IDataView rows = View(_ml, Steps(120));
        ForecastingOptions options = Options with { TimeColumnName = isTimed ? "Time" : null };
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, options);
        var chain = _ml.Transforms.NormalizeMinMax("Load").Append(trainer);

        foreach (IDataView part in new[] { _ml.Data.TrainTestSplit(rows).TrainSet, _ml.Data.CrossValidationSplit(rows)[0].TrainSet })
        {
            Exception refused = Assert.Throws<InvalidOperationException>(() => trainer.Fit(part));
            StringAssert.Contains(refused.Message, "random part");
            StringAssert.Contains(refused.Message, "ml.Forecasting.TrainTestSplit");
            Assert.Throws<InvalidOperationException>(() => chain.Fit(part));
            Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(part, options, testSteps: 6));
        }
    }

    [TestMethod]
    public void Cross_validation_of_another_catalog_is_refused_before_anything_is_trained()
    {
        IDataView rows = View(_ml, Steps(120));
        var trained = new Progressed();
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Training = BriefTraining with { Progress = trained } });

        Exception refused = Assert.Throws<InvalidOperationException>(
            () => _ml.Regression.CrossValidate(rows, new EstimatorChain<ITransformer>().Append(trainer), 3, "Load"));

        StringAssert.Contains(refused.Message, "ml.Forecasting.CrossValidate");
        Assert.AreEqual(0, trained.Count);
    }

    [TestMethod]
    public void Whole_series_drawn_at_random_are_accepted_and_parts_of_them_are_not()
    {
        IDataView rows = View(_ml, Enumerable.Range(0, 10).SelectMany(i => Steps(30, seed: i + 1, series: $"shop {i}")));
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, SeriesOptions);

        trainer.Fit(_ml.Data.TrainTestSplit(rows, 0.3, samplingKeyColumnName: "Series").TrainSet).Dispose();
        Exception refused = Assert.Throws<InvalidOperationException>(
            () => trainer.Fit(_ml.Data.TrainTestSplit(rows, 0.3, samplingKeyColumnName: "Time").TrainSet));

        StringAssert.Contains(refused.Message, "the series 'shop 0' has lost steps");
    }

    [TestMethod]
    public void Shuffled_rows_without_a_time_column_are_refused()
    {
        Exception refused = Assert.Throws<InvalidOperationException>(
            () => _ml.Forecasting.Trainers.Sequence(TinyLstm, Options).Fit(_ml.Data.ShuffleRows(View(_ml, Steps(60)))));
        StringAssert.Contains(refused.Message, "shuffled");
    }

    [TestMethod]
    public void Scoring_a_random_part_warns_once()
    {
        var warnings = new List<string>();
        _ml.Log += (_, line) => warnings.AddRange(line.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? [line.Message] : []);
        IDataView rows = View(_ml, Steps(120));
        using var model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options).Fit(rows);

        model.Transform(_ml.Data.TakeRows(rows, 60));
        Assert.IsFalse(warnings.Any(warning => warning.Contains("random part")));
        model.Transform(_ml.Data.TrainTestSplit(rows).TestSet);
        model.Transform(_ml.Data.TrainTestSplit(rows).TestSet);

        Assert.AreEqual(1, warnings.Count(warning => warning.Contains("random part")));
    }

    private sealed class Progressed : IProgress<TrainingProgress>
    {
        public int Count { get; private set; }

        public void Report(TrainingProgress value) => Count++;
    }
}

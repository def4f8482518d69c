using Microsoft.ML;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Training and validation of forecasters that carry their state.</summary>
[TestClass]
public sealed class CarriedTrainingTests
{
    private const float Ask = 5;

    private static readonly ForecastingOptions Carried = SeriesOptions with { CarriesState = true, Normalization = WindowNormalization.None };

    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void The_validation_loss_is_that_of_the_tail_of_each_series_read_from_its_first_row()
    {
        List<Step> rows = Interleaved(Steps(80), Steps(60, 9, "b"));
        using ForecastingTransformer fitted = TinyForecasting.Fit(rows, Carried with { Training = BriefTraining with { Epochs = 1 } });

        AssertValidated(fitted.Model, rows, count => count - (int)Math.Round(count * BriefTraining.ValidationFraction) - 1);
    }

    [TestMethod]
    public void A_validation_set_is_read_from_its_first_row_and_a_series_that_is_only_there_is_scaled_by_its_first_context()
    {
        // Longer than a chunk of validation.
        List<Step> given = Interleaved(Steps(300, 3), Steps(60, 4, "new"));
        using ForecastingTransformer fitted = TinyForecasting.Fit(
            Interleaved(Steps(80), Steps(60, 9, "b")), Carried with { ValidationSet = View(_ml, given), Training = BriefTraining with { Epochs = 1 } });

        AssertValidated(fitted.Model, given, _ => Context - 1);
    }

    [TestMethod]
    public void A_target_that_does_not_vary_in_training_is_left_out_of_validation()
    {
        List<Step> rows = Steps(80);
        foreach (Step row in rows)
            row.Price = 3;
        ForecastingOptions one = Carried with { Inputs = [], Training = BriefTraining with { MaxSteps = 1, LearningRate = 1e-30 } };
        using ForecastingTransformer both = TinyForecasting.Fit(rows, one with { Targets = ["Load", "Price"] });
        double[] errors = [.. Tail(both.Model, rows, 71)
            .Select(pair => Math.Pow((pair.Forecast[0] - pair.Actual[0]) / both.Model.Scaling["a"].Deviation[0], 2))];

        Assert.HasCount(6 * Horizon, errors);
        Assert.AreEqual(errors.Average(), both.Model.Report.Epochs[0].ValidationLoss!.Value, 1e-4 * errors.Average());
    }

    [TestMethod]
    public void A_learning_rate_is_found()
    {
        LearningRateCurve curve = _ml.Sequence.FindLearningRate(_ml.Forecasting.Trainers.Sequence(TinyLstm, Carried), View(_ml, Steps(200)), steps: 20);

        Assert.IsTrue(curve.Curve.All(step => double.IsFinite(step.Loss)) && curve.Curve.Count > 3);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Steps_before_the_context_are_remembered_which_no_window_can(int seed)
    {
        ForecastingOptions options = new()
        {
            Targets = ["Load"],
            Inputs = ["Price"],
            Context = 4,
            Horizon = 1,
            Normalization = WindowNormalization.None,
            CarriesState = true,
            Training = new() { Epochs = 120, Seed = seed, BatchSize = 16, BackpropSteps = 32, LearningRate = 0.03, ValidationFraction = 0 },
        };
        List<Step> train = Latch(1500, seed), test = Latch(600, seed + 10);
        double Error(ForecastingOptions with)
        {
            using ForecastingTransformer fitted = TinyForecasting.Fit(train, with, new Lstm { HiddenSize = 8 });
            float[][] said = Column(fitted.Transform(View(_ml, test)));
            return Enumerable.Range(options.Context!.Value, test.Count - options.Context.Value - 1).Where(row => test[row].Price == Ask)
                .Average(row => Math.Pow(said[row][0] - test[row + 1].Load, 2));
        }

        // The target is −1 or 1 with equal probability. No function of the last rows is better than 0, whose error is 1.
        Assert.IsLessThan(0.1, Error(options));
        Assert.IsGreaterThan(0.8, Error(options with { CarriesState = false, Training = options.Training with { BackpropSteps = null, Epochs = 4 } }));
    }

    // A switch shows −1 or 1 now and then. Five rows later or more, its value is asked for and is the next load; all other loads are 0.
    private static List<Step> Latch(int rows, int seed)
    {
        var random = new Random(seed);
        List<Step> steps = [.. Enumerable.Range(0, rows).Select(_ => new Step())];
        for (int at = 0; at + 30 < rows; at += random.Next(2, 5))
        {
            steps[at].Price = random.Next(2) == 0 ? -1 : 1;
            int ask = at + random.Next(5, 15);
            (steps[ask].Price, steps[ask + 1].Load) = (Ask, steps[at].Price);
            at = ask + 1;
        }

        return steps;
    }

    private static float[] History(IEnumerable<Step> rows) => [.. rows.SelectMany(row => new[] { row.Load, row.Price })];

    // The forecasts of the steps after an origin, step by step, and the actual values, for a model of one series.
    private static IEnumerable<(float[] Forecast, float[] Actual)> Tail(SequenceModel model, List<Step> rows, int origin)
    {
        for (; origin + Horizon < rows.Count; origin++)
        {
            foreach ((float[] forecast, int ahead) in model.Forecast(History(rows.Take(origin + 1)), rows[0].Series).Chunk(2)
                .Select((values, h) => (values, h + 1)))
                yield return (forecast, [rows[origin + ahead].Load, rows[origin + ahead].Price]);
        }
    }

    // Compares with forecasts from the histories of all origins after the first one.
    private static void AssertValidated(SequenceModel model, List<Step> rows, Func<int, int> firstOrigin)
    {
        var errors = new List<double>();
        foreach (List<Step> series in rows.GroupBy(row => row.Series).Select(group => group.ToList()))
        {
            string key = series[0].Series;
            double[] first = [.. series.Take(Context).Select(step => (double)step.Load)];
            double deviation = model.Scaling.Knows(key) ? model.Scaling[key].Deviation[0]
                : Math.Sqrt(first.Average(value => Math.Pow(value - first.Average(), 2)));
            for (int origin = firstOrigin(series.Count); origin + Horizon < series.Count; origin++)
            {
                float[] forecast = model.Forecast(History(series.Take(origin + 1)), key);
                errors.Add(forecast.Select((value, h) => Math.Pow((value - series[origin + 1 + h].Load) / deviation, 2)).Average());
            }
        }

        Assert.AreEqual(errors.Average(), model.Report.Epochs[0].ValidationLoss!.Value, 1e-4 * errors.Average());
    }
}

using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>ml.Sequence.Compare on series whose best forecast is known.</summary>
[TestClass]
public sealed class KnownTruthTests
{
    private const int Training = 1500, Testing = 900, Context = 8, Season = 6;

    [TestMethod]
    public void White_noise_has_nothing_to_learn()
    {
        RecurrenceReport report = Compare((_, _, noise) => 20 + 3 * noise);
        Assert.AreEqual("mean", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Nothing to learn here: the mean is as good. Recommended: mean. It reads nothing of its input");
        Assert.AreEqual(0, report.RecommendedReference!.Memory);
        Assert.IsFalse(report.Recommendation.NeedsRecurrence);
        Remembers(report, 0);
        StringAssert.Contains(report.Recommendation.Because, "The past carries no information");
    }

    [TestMethod]
    public void Of_a_random_walk_it_is_the_last_value()
    {
        RecurrenceReport report = Compare((past, _, noise) => past[^1] + noise);
        Assert.AreEqual("naive", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Use the naive forecast. ");
        Remembers(report, 1);
    }

    [TestMethod]
    public void Of_a_walk_with_drift_it_is_the_drift()
    {
        RecurrenceReport report = Compare((past, _, noise) => past[^1] + 0.7 + noise, horizon: 4);
        Assert.AreEqual("drift", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Use the drift forecast");
    }

    [TestMethod]
    public void Of_a_walk_from_season_to_season_it_is_the_value_a_season_before()
    {
        RecurrenceReport report = Compare((past, _, noise) => past[^Season] + noise);
        Assert.AreEqual("seasonal-naive", report.Recommendation.Architecture, report.Recommendation.Because);
        Assert.AreEqual(Season, report.RecommendedReference!.Memory);
        Remembers(report, Season);
    }

    [TestMethod]
    public void Of_an_autoregression_of_two_lags_they_and_least_squares_are_as_good()
    {
        RecurrenceReport report = Compare((past, _, noise) => 0.5 * past[^1] - 0.5 * past[^2] + noise);
        Assert.AreEqual("ridge-2", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Two lags and least squares are as good. ");
        Remembers(report, 2);
        Assert.AreEqual("gru", report.CarriesState!.Architecture);
        Assert.IsFalse(report.CarriesState.IsNeeded);
        CollectionAssert.AreEqual(
            new[] { "mean", "naive", "seasonal-naive", "drift", "ridge-1", "ridge-2", "ridge-4", "ridge-6", "ridge-8" },
                report.References.Select(reference => reference.Name).ToArray());

        // The recommended model is among the fitted models, and text, JSON and page agree.
        Assert.AreSame(report.RecommendedReference!.Model, report.Recommended!.Model);
        CollectionAssert.AreEqual(new[] { "linear", "gru", "ridge-2" }, report.Models.Select(model => model.Name).ToArray());
        Assert.AreEqual(2, report.Recommended.Certificate.ReceptiveField);
        using var file = new MemoryStream();
        report.Recommended.Model.Save(file);
        file.Position = 0;
        Assert.AreEqual(new Ridge { Lags = 2 }, SequenceModel.Load(file).Architecture);
        Assert.DoesNotContain("Recommended: ridge-2. Two", report.ToString());
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        JsonElement ridge = json.RootElement.GetProperty("references").GetProperty("ridge-2");
        Assert.AreEqual(report.RecommendedReference.Error, ridge.GetProperty("error").GetDouble());
        Assert.AreEqual(report.RecommendedReference.ErrorLow, ridge.GetProperty("low").GetDouble());
        Assert.AreEqual(report.RecommendedReference.ErrorHigh, ridge.GetProperty("high").GetDouble());
        Assert.AreEqual(2, ridge.GetProperty("memory").GetInt32());
        Assert.AreEqual("ridge-2", json.RootElement.GetProperty("recommendation").GetProperty("architecture").GetString());
        JsonElement memory = json.RootElement.GetProperty("dataMemory");
        Assert.AreEqual((2, false, 8), (memory.GetProperty("steps").GetInt32(), memory.GetProperty("atLeast").GetBoolean(), memory.GetProperty("ladder")
            .EnumerateArray().Last().GetProperty("steps").GetInt32()));
        Assert.IsFalse(json.RootElement.GetProperty("carriesState").GetProperty("needed").GetBoolean());
        StringAssert.Contains(report.ToHtml("two lags"), "<strong>Two lags and least squares are as good.</strong>");
    }

    [TestMethod]
    public void Requested_references_are_listed_with_the_others_and_a_model_is_needed()
    {
        RecurrenceReport report = Compare((past, _, noise) => 0.5 * past[^1] + noise, asked: [new Linear { Size = 2 }, new Ridge { Lags = 3 }, new Naive()]);
        CollectionAssert.AreEqual(
            new[] { "mean", "naive", "seasonal-naive", "drift", "ridge-1", "ridge-2", "ridge-3", "ridge-4", "ridge-6", "ridge-8" },
                report.References.Select(reference => reference.Name).ToArray());
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => Compare((_, _, noise) => noise, asked: [new Naive()])).Message, "At least one trained architecture");
    }

    [TestMethod]
    public void Of_a_map_of_the_last_value_one_step_is_enough_and_no_longer_context_is_proposed()
    {
        double value = 0.3;
        var random = new RandomStream(2);
        double Next() => value = Math.Clamp(3.9 * value * (1 - value) + 0.05 * random.NextNormal(), 0.001, 0.999);
        List<Step> rows = [.. Enumerable.Range(0, 1200).Select(t => new Step { Time = new DateTime(2020, 1, 1).AddHours(t), Load = (float)Next() })];
        var ml = new MLContext(seed: 1);
        RecurrenceReport report = ml.Sequence.Compare(
            TinyForecasting.View(ml, rows[..800]),
            TinyForecasting.View(ml, rows[800..]),
            new ForecastingOptions
            {
                Targets = ["Load"],
                Context = 4,
                Horizon = 1,
                Normalization = WindowNormalization.None,
                Training = new TrainingOptions { Epochs = 40, LearningRate = 1e-2, Seed = 1 },
            },
            [new WindowMlp { HiddenSize = 16 }],
            new CompareOptions { Rounds = 1, TrainOn = false, Memory = new MemoryOptions { Examples = 20 } });
        Assert.AreEqual((1, false), (report.DataMemory!.Steps, report.DataMemory.AtLeast), report.ToString());
        Assert.AreEqual("window-mlp", report.Recommendation.Architecture);
        StringAssert.Contains(
            report.Recommendation.Because, "A window of 1 step is enough: the last value holds all information. The best with it is window-mlp-of-1 (");
        Assert.DoesNotContain("worth a try", report.Recommendation.Because);
    }

    [TestMethod]
    public void A_switch_that_is_requested_beyond_the_window_needs_a_state_that_is_carried()
    {
        // A sign is shown, and its value is asked for once, up to sixteen steps later. The target is this value.
        var random = new RandomStream(5);
        List<Step> rows = [.. Enumerable.Range(0, 5000).Select(t => new Step { Time = new DateTime(2020, 1, 1).AddHours(t) })];
        for (int shown = 0, asked; shown < rows.Count - 20; shown = asked + 2 + (int)random.NextInt64(4))
        {
            float sign = random.NextDouble() < 0.5 ? -1 : 1;
            asked = shown + 1 + (int)random.NextInt64(16);
            rows[shown].Price = sign;
            // A sign that is asked for is not shown again.
            rows[asked].Price = 3;
            rows[asked + 1].Load = sign;
        }

        var ml = new MLContext(seed: 1);
        RecurrenceReport report = ml.Sequence.Compare(
            TinyForecasting.View(ml, rows[..3500]),
            TinyForecasting.View(ml, rows[3500..]),
            new ForecastingOptions
            {
                Targets = ["Load"],
                Inputs = ["Price"],
                Context = 4,
                Horizon = 1,
                Stride = 4,
                Normalization = WindowNormalization.None,
                Training = new TrainingOptions { Epochs = 12, LearningRate = 1e-2, Seed = 1 },
            },
            [new Linear(), new Lstm { HiddenSize = 8 }],
            new CompareOptions { Rounds = 1, Memory = new MemoryOptions { Examples = 20 } });
        Assert.IsTrue(report.CarriesState!.IsNeeded, report.ToString());
        Assert.IsTrue(report.Recommendation.NeedsRecurrence && report.DataMemory!.AtLeast);
        StringAssert.StartsWith(report.Recommendation.Because, "Recurrence is needed: ");
        Assert.IsLessThan(0.5 * report.DataMemory.Ladder.Min(rung => rung.Error), report.CarriesState.Error);
        // The deciding comparison has a row, and the last column is explained.
        Assert.IsTrue(report.ToString().Split('\n').Any(line => line.StartsWith($"{report.CarriesState!.AgainstWindows.First} ", StringComparison.Ordinal)),
            report.ToString());
        StringAssert.Contains(report.ToString(), "Steps for 1 %: the number of last steps with which a model's own error is at most 1 % larger");
    }

    [TestMethod]
    public void Each_architecture_gets_the_normalisation_that_is_best_on_validation_rows_unless_the_user_chose()
    {
        static WindowNormalization[] Kinds(RecurrenceReport report) =>
            [.. report.Models.Take(2).Select(model => ((Forecasting)model.Model.Task).Normalization)];
        RecurrenceReport stationary = Compare((past, _, noise) => 0.3 * past[^1] + noise), walk = Compare((past, _, noise) => past[^1] + noise);
        CollectionAssert.AreEqual(new[] { WindowNormalization.None, WindowNormalization.None }, Kinds(stationary), "The level of a stationary series "
            + "says something.");
        Assert.AreEqual(WindowNormalization.LastValue, Kinds(walk)[0]);
        CollectionAssert.DoesNotContain(Kinds(walk), WindowNormalization.None, "A walk goes where no training row was.");
        StringAssert.Contains(walk.ToString().ReplaceLineEndings(" "), "Windows, as each model sees them: linear minus their last value; gru minus");
        StringAssert.Contains(stationary.ToHtml("series"), "linear as they are; gru as they are");
        using JsonDocument json = JsonDocument.Parse(walk.ToJson());
        Assert.AreEqual("lastValue", json.RootElement.GetProperty("results")[0].GetProperty("normalization").GetString());
        foreach (WindowNormalization kind in new[] { WindowNormalization.Mean, WindowNormalization.MeanAndDeviation })
            Assert.AreEqual(kind, Kinds(CompareSines(new ForecastingOptions { Targets = ["Load"], Normalization = kind }))[0]);
    }

    [TestMethod]
    public void Shorter_windows_and_carried_states_are_validated_on_the_validation_set_that_is_given()
    {
        RecurrenceReport report = CompareSines(new ForecastingOptions
        {
            Targets = ["Load"],
            ValidationSet = TinyForecasting.View(new MLContext(seed: 1), Sine[136..184]),
            Training = new TrainingOptions { ValidationFraction = 0 },
        });
        Assert.AreEqual(2, report.DataMemory!.Steps, "A sine is a function of its last two values.");
        Assert.AreEqual("rnn", report.CarriesState!.Architecture);
    }

    [TestMethod]
    public void Models_that_carry_their_state_have_no_window_to_ask_of()
    {
        RecurrenceReport report = CompareSines(new ForecastingOptions { Targets = ["Load"], Normalization = WindowNormalization.None, CarriesState = true });
        Assert.IsNull(report.DataMemory);
        Assert.IsNull(report.CarriesState);
    }

    private static List<Step> Sine => [.. Enumerable.Range(0, 240).Select(t => new Step { Load = MathF.Sin(t) })];

    private static RecurrenceReport CompareSines(ForecastingOptions options)
    {
        MLContext ml = new(seed: 1);
        return ml.Sequence.Compare(
            TinyForecasting.View(ml, Sine[..140]),
            TinyForecasting.View(ml, Sine[180..]),
            options with { Context = 4, Horizon = 1, Training = options.Training with { Epochs = 1, Seed = 1 } },
            [new Rnn { HiddenSize = 2 }],
            new CompareOptions { Rounds = 1, Memory = new MemoryOptions { Examples = 5 } });
    }

    private static void Remembers(RecurrenceReport report, int steps)
    {
        Assert.AreEqual((steps, false), (report.DataMemory!.Steps, report.DataMemory.AtLeast), report.DataMemory.ToString());
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 4, Season, Context }, report.DataMemory.Ladder.Select(rung => rung.Steps).ToArray());
        Assert.IsFalse(report.Recommendation.NeedsRecurrence);
    }

    private static RecurrenceReport Compare(Func<List<double>, int, double, double> next, int horizon = 1, params Architecture[] asked)
    {
        var random = new RandomStream(7);
        List<double> values = [.. new double[Season]];
        for (int t = 0; t < Training + Testing; t++)
            values.Add(next(values, t, random.NextNormal()));
        List<Step> rows = [.. values.Skip(Season).Select((value, t) => new Step { Time = new DateTime(2020, 1, 1).AddHours(t), Load = (float)value })];
        var ml = new MLContext(seed: 1);
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            Context = Context,
            Horizon = horizon,
            Stride = 4,
            Training = new TrainingOptions { Epochs = 1, LearningRate = 1e-2, Seed = 1 },
        };
        return ml.Sequence.Compare(
            TinyForecasting.View(ml, rows[..Training]),
            TinyForecasting.View(ml, rows[Training..]),
            options,
            asked.Length > 0 ? asked : [new Linear { Size = 2 }, new Gru { HiddenSize = 3 }],
            new CompareOptions { Rounds = 2, Seasonality = Season, Memory = new MemoryOptions { Examples = 20 } });
    }
}

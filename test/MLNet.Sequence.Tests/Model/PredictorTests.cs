using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Compares predictions in plain C# with those of the transformers on libtorch.</summary>
[TestClass]
public sealed class PredictorTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly LabelledSequence[] Rows = LabelledSequence.Make(40);
    private static readonly SequenceOptions Brief = new() { Training = new TrainingOptions { Epochs = 1 } };

    [TestMethod]
    public void Of_classes_it_gives_the_probabilities()
    {
        IDataView keyed = Ml.Transforms.Conversion.MapValueToKey("Label").Fit(View).Transform(View);
        using SequencePredictionTransformer fitted = Ml.MulticlassClassification.Trainers.Sequence(new Tcn { Channels = 8 }, Brief).Fit(keyed);
        AssertPredicts(fitted.Model, Scored(fitted, keyed).GetColumn<float[]>("Score"));
    }

    [TestMethod]
    public void Of_yes_or_no_it_gives_the_probability_of_yes()
    {
        using SequencePredictionTransformer fitted = Ml.BinaryClassification.Trainers.Sequence(new Gru { HiddenSize = 8 },
            Brief with { LabelColumnName = "Yes" })
            .Fit(View);
        AssertPredicts(fitted.Model, Scored(fitted, View).GetColumn<float>("Probability").Select(value => new[] { value }));
    }

    [TestMethod]
    public void Of_numbers_it_gives_the_number_where_values_are_missing_too()
    {
        LabelledSequence[] rows = LabelledSequence.Make(40);
        rows[3].Features[2] = float.NaN;
        IDataView view = LabelledSequence.View(Ml, rows);
        using SequencePredictionTransformer fitted = Ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 8 }, Brief with { LabelColumnName = "Number", MissingValues = MissingValues.Interpolate }).Fit(view);
        AssertPredicts(fitted.Model, Scored(fitted, view).GetColumn<float>("Score").Select(value => new[] { value }), Features(rows));
    }

    [TestMethod]
    public void Of_next_steps_it_gives_the_step_that_follows()
    {
        using NextStepTransformer fitted = Ml.Sequence.Trainers.NextStep(
            new MinGru { HiddenSize = 8 }, new NextStepOptions { FeatureColumnName = "Features", Kind = StepKind.Real, Training = Brief.Training }).Fit(View);
        fitted.Backend = ScoringBackend.Torch;
        AssertPredicts(fitted.Model, fitted.Transform(View).GetColumn<float[]>("Prediction"));
    }

    [TestMethod]
    public void Of_tokens_it_reads_the_indices_and_refuses_others()
    {
        TokenSequence[] rows = TokenSequence.Make(40);
        IDataView view = TokenSequence.View(Ml, rows);
        using SequencePredictionTransformer fitted = Ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 8 },
            Brief with { LabelColumnName = "Number", FeatureColumnName = "Tokens", Tokens = new TokenOptions { Vocabulary = TokenSequence.Words.Length } })
                .Fit(view);
        AssertPredicts(
            fitted.Model, Scored(fitted, view).GetColumn<float>("Score").Select(value => new[] { value }),
                [.. rows.Select(row => row.Tokens.Select(token => (float)token).ToArray())]);
        foreach (float token in new[] { TokenSequence.Words.Length, -1, 0.5f, float.NaN })
            Assert.Contains($"The token at step 2 is {token}", Assert.ThrowsExactly<ArgumentException>(() => fitted.Model.Predict([0, token])).Message);
    }

    [TestMethod]
    public void What_is_no_sequence_of_the_model_is_refused_by_name()
    {
        using SequencePredictionTransformer fitted = Ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 8 }, Brief with { LabelColumnName = "Number", Features = 2 })
                .Fit(LabelledSequence.View(Ml, LabelledSequence.Make(40, features: 2)));
        Assert.Contains("whole number of steps of 2 values", Message([1, 2, 3]));
        Assert.Contains("at least one; found 0 values", Message([]));
        Assert.Contains("feature 1 at step 2 is NaN", Message([1, 2, 3, float.NaN]));
        Assert.Contains("feature 0 at step 1 is", Message([float.PositiveInfinity, 2]));
        using ForecastingTransformer forecaster = TinyForecasting.Fit(TinyForecasting.Steps(60));
        Assert.Contains("use Forecaster.Forecast", Assert.ThrowsExactly<InvalidOperationException>(() => forecaster.Model.Predict([1f])).Message);

        string Message(float[] sequence) => Assert.ThrowsExactly<ArgumentException>(() => fitted.Model.Predict(sequence)).Message;
    }

    private static IDataView View => LabelledSequence.View(Ml, Rows);

    private static float[][] Features(LabelledSequence[] rows) => [.. rows.Select(row => row.Features)];

    [TestMethod]
    public void Many_predictions_stop_when_their_token_is_cancelled()
    {
        using SequencePredictionTransformer fitted = Ml.Regression.Trainers.Sequence(
            new Linear(), Brief with { LabelColumnName = "Number" }).Fit(View);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => fitted.Model.Predict(Features(Rows), stop.Token));
    }

    private static IDataView Scored(SequencePredictionTransformer fitted, IDataView view)
    {
        fitted.Backend = ScoringBackend.Torch;
        return fitted.Transform(view);
    }

    private static void AssertPredicts(SequenceModel model, IEnumerable<float[]> scored, float[][]? sequences = null)
    {
        sequences ??= Features(Rows);
        float[][] expected = [.. scored], together = model.Predict(sequences);
        for (int row = 0; row < expected.Length; row++)
        {
            CollectionAssert.AreEqual(model.Predict(sequences[row].AsSpan()), together[row], $"row {row}");
            Close.AssertEqual(Close.Doubles(expected[row]), Close.Doubles(together[row]), 1e-4, $"row {row}");
        }
    }
}

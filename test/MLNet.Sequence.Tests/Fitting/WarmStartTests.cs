using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Fitting;

[TestClass]
public sealed class WarmStartTests
{
    private sealed class Row
    {
        public float Value { get; set; }
    }

    [TestMethod]
    public void Training_continues_from_the_given_weights_on_new_rows()
    {
        SequenceModel first = Fit(new Lstm { HiddenSize = 4 }, phase: 0, new TrainingOptions { Epochs = 5 });
        // With a learning rate near 0 the weights keep their initial values.
        TrainingOptions still = new() { Epochs = 1, Optimizer = new Sgd(), LearningRate = 1e-30, WarmStart = first };
        SequenceModel continued = Fit(new Lstm { HiddenSize = 4 }, phase: 2, still);
        foreach (Weight weight in first.Weights)
            CollectionAssert.AreEqual(weight.Values.Items, continued.Weights[weight.Name].Values.Items, weight.Name);

        SequenceModel moved = Fit(new Lstm { HiddenSize = 4 }, phase: 2, new TrainingOptions { Epochs = 1, WarmStart = first });
        CollectionAssert.AreNotEqual(first.Weights.First().Values.Items, moved.Weights.First().Values.Items);
    }

    [TestMethod]
    public void A_model_of_another_form_is_refused_with_the_weight_that_does_not_fit()
    {
        SequenceModel first = Fit(new Lstm { HiddenSize = 4 }, phase: 0, new TrainingOptions { Epochs = 1 });
        var error = Assert.ThrowsExactly<ArgumentException>(() => Fit(
            new Lstm { HiddenSize = 5 }, phase: 0, new TrainingOptions { WarmStart = first, WarmStartDifferences = ModelDifferences.Architecture }));
        StringAssert.Contains(error.Message, "expected shape [20, 1], found [16, 1]");
    }

    [TestMethod]
    public void A_model_of_another_architecture_with_the_same_weights_is_refused_unless_it_is_meant()
    {
        TrainingOptions warm = new() { Epochs = 1, WarmStart = Fit(new Rnn { HiddenSize = 4 }, phase: 0, new TrainingOptions { Epochs = 1 }) };
        var error = Assert.ThrowsExactly<ArgumentException>(() => Fit(new StableRnn { HiddenSize = 4 }, phase: 0, warm));
        StringAssert.Contains(error.Message, "architecture.name is \"rnn\" in the model and \"stable-rnn\" here");
        StringAssert.Contains(error.Message, "set Training.WarmStartDifferences = ModelDifferences.Architecture.");
        Fit(new StableRnn { HiddenSize = 4 }, phase: 0, warm with { WarmStartDifferences = ModelDifferences.Architecture });
        // The allowed differences do not cover the others.
        error = Assert.ThrowsExactly<ArgumentException>(() => Fit(
            new StableRnn { HiddenSize = 4 }, phase: 0, warm with { WarmStartDifferences = ModelDifferences.Task | ModelDifferences.Columns }));
        StringAssert.Contains(error.Message, "ModelDifferences.Architecture | ModelDifferences.Task | ModelDifferences.Columns");
    }

    [TestMethod]
    public void Columns_that_have_changed_places_are_refused_unless_it_is_meant()
    {
        ForecastingOptions loads = TinyForecasting.Options with { Inputs = ["Price"] };
        List<Step> rows = TinyForecasting.Steps(60);
        using ForecastingTransformer first = TinyForecasting.Fit(rows, loads);
        ForecastingOptions prices = loads with { Targets = ["Price"], Inputs = ["Load"], Training = loads.Training with { WarmStart = first.Model } };
        var error = Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(rows, prices));
        foreach (string part in new[] { "task.targets is [{\"name\":\"Load\"", "task.inputs is [{\"name\":\"Price\"", "ModelDifferences.Columns." })
            StringAssert.Contains(error.Message, part);
        TinyForecasting.Fit(rows, prices with { Training = prices.Training with { WarmStartDifferences = ModelDifferences.Columns } }).Dispose();
        // Only the names of the outputs differ.
        TinyForecasting.Fit(rows, loads with { ForecastColumnName = "Next", Training = prices.Training }).Dispose();
    }

    [TestMethod]
    public void Another_task_and_other_tokens_are_refused_by_what_differs()
    {
        TrainingOptions warm = new() { Epochs = 1, WarmStart = Fit(new Lstm { HiddenSize = 4 }, phase: 0, new TrainingOptions { Epochs = 1 }) };
        var ml = new MLContext(seed: 1);
        var error = Assert.ThrowsExactly<ArgumentException>(() => ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 4 }, new SequenceOptions { LabelColumnName = "Number", Features = 1, Training = warm })
                .Fit(LabelledSequence.View(ml, LabelledSequence.Make(30))));
        StringAssert.Contains(error.Message, "task.name is \"forecasting\" in the model and \"sequence-regression\" here");

        SequenceModel Words(string[] texts, SequenceModel? from) => TokenModel(ml, texts, new TrainingOptions { Epochs = 1, WarmStart = from });
        SequenceModel known = Words(["a b", "b a c", "c a"], null);
        Words(["a b", "b c a"], known);
        error = Assert.ThrowsExactly<ArgumentException>(() => Words(["x b", "b x c", "c x"], known));
        StringAssert.Contains(error.Message, "task.input.tokens.values is ");
    }

    [TestMethod]
    public void The_short_form_is_the_option()
    {
        List<Step> rows = TinyForecasting.Steps(60), more = TinyForecasting.Steps(90);
        var ml = new MLContext(seed: 3);
        SequenceForecaster trainer = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, TinyForecasting.Options);
        using ForecastingTransformer first = trainer.Fit(TinyForecasting.View(ml, rows));
        int[] before = TinyForecasting.Bits(first.Model);
        using ForecastingTransformer shortly = trainer.Fit(TinyForecasting.View(ml, more), warmStart: first);
        using ForecastingTransformer byOption = TinyForecasting.Fit(more, TinyForecasting.Options with
        {
            Training = TinyForecasting.BriefTraining with { WarmStart = first.Model },
        });
        CollectionAssert.AreEqual(TinyForecasting.Bits(byOption.Model), TinyForecasting.Bits(shortly.Model));
        CollectionAssert.AreNotEqual(before, TinyForecasting.Bits(shortly.Model));
        CollectionAssert.AreEqual(before, TinyForecasting.Bits(first.Model));
        // Scaling is that of the new rows.
        Assert.AreEqual(more.Take(81).Average(step => (double)step.Load), shortly.Model.Scaling.Pooled.Mean[0], 1e-3);
    }

    [TestMethod]
    public void Trainers_of_rows_and_of_next_steps_have_the_short_form()
    {
        var ml = new MLContext(seed: 1);
        TrainingOptions still = new() { Epochs = 1, Optimizer = new Sgd(), LearningRate = 1e-30 };
        IDataView rows = LabelledSequence.View(ml, LabelledSequence.Make(30));
        var regression = ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 4 }, new SequenceOptions { LabelColumnName = "Number", Features = 1 });
        using SequencePredictionTransformer first = regression.Fit(rows);
        using SequencePredictionTransformer second = ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 4 }, new SequenceOptions { LabelColumnName = "Number", Features = 1, Training = still }).Fit(rows, first);
        CollectionAssert.AreEqual(TinyForecasting.Bits(first.Model), TinyForecasting.Bits(second.Model));

        NextStepTrainer Next(TrainingOptions training) => ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 3 }, new NextStepOptions
        {
            Kind = StepKind.Real,
            Features = 1,
            Training = training,
        });
        using NextStepTransformer steps = Next(new TrainingOptions { Epochs = 1 }).Fit(rows);
        using NextStepTransformer further = Next(still).Fit(rows, steps);
        CollectionAssert.AreEqual(TinyForecasting.Bits(steps.Model), TinyForecasting.Bits(further.Model));
    }

    [TestMethod]
    public void An_open_context_is_that_of_the_model()
    {
        ForecastingOptions open = TinyForecasting.Options with { Context = null };
        using ForecastingTransformer first = TinyForecasting.Fit(TinyForecasting.Steps(40), open);
        Assert.AreEqual(18, first.Model.Task.Series!.Context);
        var ml = new MLContext(seed: 3);
        using ForecastingTransformer second = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, open)
            .Fit(TinyForecasting.View(ml, TinyForecasting.Steps(120)), first);
        Assert.AreEqual(18, second.Model.Task.Series!.Context);
    }

    private sealed class Text
    {
        public string Words { get; set; } = "";
    }

    private static SequenceModel TokenModel(MLContext ml, string[] texts, TrainingOptions training)
    {
        IDataView rows = ml.Data.LoadFromEnumerable(texts.Select(text => new Text { Words = text }));
        IDataView tokens = ml.Transforms.Text.TokenizeIntoWords("Features", "Words").Append(ml.Transforms.Conversion.MapValueToKey("Features"))
            .Fit(rows).Transform(rows);
        using NextStepTransformer fitted = ml.Sequence.Trainers.NextStep(
            new Gru { HiddenSize = 3 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                Tokens = new TokenOptions { EmbeddingSize = 2 },
                Training = training
            }).Fit(tokens);
        return fitted.Model;
    }

    private static SequenceModel Fit(Architecture architecture, float phase, TrainingOptions training)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 80).Select(i => new Row { Value = MathF.Sin(phase + i * 0.3f) }));
        using ForecastingTransformer fitted = ml.Forecasting.Trainers.Sequence(
            architecture, new ForecastingOptions { Targets = ["Value"], Context = 8, Horizon = 2, Training = training }).Fit(rows);
        return fitted.Model;
    }
}

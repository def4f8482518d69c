using Microsoft.ML;
using MLNet.Sequence.Tests.Fitting;

namespace MLNet.Sequence.Tests.NextSteps;

[TestClass]
public sealed class BadNextStepTests
{
    private static readonly NextStepOptions Options = new()
    {
        Kind = StepKind.MultiLabel,
        Features = StepSequence.Keys,
        Training = new TrainingOptions { Epochs = 1, ValidationFraction = 0 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void All_problems_of_the_options_come_in_one_message()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Trainer(new NextStepOptions
        {
            Kind = StepKind.MultiLabel,
            Features = 0,
            MissingValues = MissingValues.Interpolate,
            PredictionColumnName = "Loss",
            Training = new TrainingOptions { BackpropSteps = 0, Monitor = "accuracy" },
        }));

        foreach (string part in new[] { "Features must be at least 1", "between 0 and 1", "must be three names",
            "Training.BackpropSteps must be at least 1; found 0", "Monitor must be loss" })
            StringAssert.Contains(error.Message, part);
    }

    [TestMethod]
    public void Chunks_are_refused_by_the_other_tasks()
    {
        TrainingOptions chunks = new() { BackpropSteps = 10 };
        foreach (Action make in new Action[]
        {
            () => _ml.Sequence.Trainers.SequenceToSequence(new Gnmt(), new SequenceToSequenceOptions { Training = chunks }),
            () => _ml.Forecasting.Trainers.Sequence(new Lstm(), new ForecastingOptions { Targets = ["x"], Training = chunks }),
        })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(make).Message, "BackpropSteps is used only by next-step trainers "
                + "(ml.Sequence.Trainers.NextStep), trainers on rows that hold a sequence and its label or tags, and forecasters with CarriesState");
    }

    [TestMethod]
    public void A_value_other_than_0_and_1_is_named_with_row_step_and_feature_in_training_and_in_scoring()
    {
        const string Message = "column 'Features' is 0.5 in row 4 at step 3, feature 2: steps of the kind MultiLabel hold only 0 and 1";
        StepSequence[] rows = StepSequence.Scales(8);
        using NextStepTransformer model = Trainer().Fit(StepSequence.View(_ml, rows));
        rows[3].Features[2 * StepSequence.Keys + 2] = 0.5f;
        IDataView data = StepSequence.View(_ml, rows);

        StringAssert.Contains(Error(rows), Message);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Sequence.EvaluateNextStep(model.Transform(data))).Message, Message);
    }

    [TestMethod]
    public void A_row_of_one_step_is_named_or_left_out()
    {
        StepSequence[] rows = StepSequence.Scales(8);
        rows[5].Features = rows[5].Features[..StepSequence.Keys];
        rows[6].Features = [];

        StringAssert.Contains(Error(rows), "'Features' has one step in row 6");
        using NextStepTransformer model = Trainer(Options with { EmptySequences = EmptySequences.Skip }).Fit(StepSequence.View(_ml, rows));
        Assert.AreEqual(6, model.Model.Report.TrainingExamples);
        Assert.AreEqual(6, _ml.Sequence.EvaluateNextStep(model.Transform(StepSequence.View(_ml, rows))).Count);
    }

    [TestMethod]
    public void An_architecture_that_would_see_the_predicted_steps_is_refused()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Trainers.NextStep(new Bidirectional(new Gru()), Options));
        StringAssert.Contains(error.Message, "The architecture must be causal, since each next step is predicted from those before it; found Bidirectional");
    }

    [TestMethod]
    public void No_rows_are_refused() => StringAssert.Contains(Error([]), "The data has no rows to train on.");

    [TestMethod]
    public void A_missing_column_is_refused_by_the_promise_and_by_Fit() => EstimatorContract.Refuses(
        Trainer(Options with { FeatureColumnName = "Feature" }), StepSequence.View(_ml, StepSequence.Scales(2)), "Could not find sequence column 'Feature'");

    [TestMethod]
    public void Losses_of_something_else_are_not_evaluated()
    {
        using NextStepTransformer model = Trainer().Fit(StepSequence.View(_ml, StepSequence.Scales(8)));
        IDataView scored = model.Transform(StepSequence.View(_ml, StepSequence.Scales(2)));

        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Sequence.EvaluateNextStep(scored, "Features")).Message,
            "a loss column of a next-step model");
        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Sequence.EvaluateNextStep(scored, "Lost")).Message,
            "Could not find loss column 'Lost'");
    }

    private NextStepTrainer Trainer(NextStepOptions? options = null) => _ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 2 }, options ?? Options);

    private string Error(StepSequence[] rows) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => Trainer().Fit(StepSequence.View(_ml, rows))).Message;
}

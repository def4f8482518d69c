using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Training in which each output sees only its last steps.</summary>
[TestClass]
public sealed class TruncatedTrainingTests
{
    private static readonly Lstm Whole = new() { HiddenSize = 4, ForgetBias = 1 };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void It_is_the_training_of_the_model_that_starts_again_for_every_window()
    {
        int[] truncated = Bits(Forecaster(Whole, truncation: 3));
        CollectionAssert.AreEqual(Bits(Forecaster(new LstmNgram { HiddenSize = 4, Window = 3 })), truncated);
        CollectionAssert.AreNotEqual(Bits(Forecaster(Whole)), truncated);
        CollectionAssert.AreEqual(Bits(NextSteps(new LstmNgram { HiddenSize = 4, Window = 3 })), Bits(NextSteps(Whole, truncation: 3)));
    }

    [TestMethod]
    public void What_comes_out_is_the_whole_model()
    {
        SequenceModel truncated = Forecaster(Whole, truncation: 3), full = Forecaster(Whole);
        CollectionAssert.AreEqual(full.Weights.Select(weight => weight.Name).ToArray(), truncated.Weights.Select(weight => weight.Name).ToArray());
        Assert.AreEqual(full.Architecture, truncated.Architecture);
        Assert.IsNull(truncated.Network.Find(NetworkNode.Backbone)!.Layer.ReceptiveField);
    }

    [TestMethod]
    public void All_available_steps_change_nothing() =>
        CollectionAssert.AreEqual(Bits(Forecaster(Whole)), Bits(Forecaster(Whole, truncation: TinyForecasting.Context)));

    [TestMethod]
    public void It_resumes_and_starts_warm()
    {
        SequenceModel first = Forecaster(Whole, truncation: 3);
        SequenceModel warm = Forecaster(Whole, TinyForecasting.BriefTraining with { Truncation = 3, WarmStart = first, LearningRate = 1e-12 });
        Assert.AreEqual(0, Largest(first.Weights, warm.Weights), 1e-6);

        using var folder = new Torch.TemporaryFolder();
        TrainingOptions saved = TinyForecasting.BriefTraining with { Truncation = 3, Checkpoints = new CheckpointOptions { Directory = folder.Path } };
        Forecaster(Whole, saved with { Epochs = 1 });
        CollectionAssert.AreEqual(Bits(first), Bits(Forecaster(Whole, saved with { ResumeFrom = folder.Path })));
        StringAssert.Contains(
            Assert.Throws<FormatException>(() => Forecaster(Whole, saved with { ResumeFrom = folder.Path, Truncation = 4, Epochs = 3 })).Message,
                "Training.Truncation: 3 in the checkpoint, 4 in this run");
    }

    [TestMethod]
    public void Bad_numbers_are_refused()
    {
        string[] problems = [.. new TrainingOptions { Truncation = 0, ParallelWarmUp = 0, BackpropSteps = 5 }.Problems()];
        CollectionAssert.AreEquivalent(
            new[]
            {
                "Training.Truncation must be at least 1; found 0.", "Training.Truncation and BackpropSteps exclude each other.",
                "Training.ParallelWarmUp must be at least 1; found 0.", "Training.ParallelWarmUp and BackpropSteps exclude each other.",
            },
            problems);
    }

    [TestMethod]
    public void Parallel_over_time_a_stable_model_becomes_the_same_to_within_its_error()
    {
        var options = TinyForecasting.Options with { Context = 60, Training = TinyForecasting.BriefTraining };
        Weights[] weights = [.. new int?[] { null, 16, 3 }.Select(warmUp =>
            Stable(options with { Training = options.Training with { ParallelWarmUp = warmUp } }))];
        // .5¹⁶ = 2e-5 of the state.
        Assert.IsLessThan(1e-4, Largest(weights[0], weights[1]));
        Assert.IsGreaterThan(Largest(weights[0], weights[1]), Largest(weights[0], weights[2]));
    }

    private static Weights Stable(ForecastingOptions options)
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(TinyForecasting.Steps(120), options, new StableRnn { HiddenSize = 4, Lambda = 0.5 });
        return fitted.Model.Weights;
    }

    private static double Largest(Weights one, Weights other) =>
        one.Zip(other).Max(pair => pair.First.Values.Zip(pair.Second.Values).Max(values => Math.Abs(values.First - values.Second)));

    private static SequenceModel Forecaster(Architecture architecture, int? truncation = null) =>
        Forecaster(architecture, TinyForecasting.BriefTraining with { Truncation = truncation });

    private static SequenceModel Forecaster(Architecture architecture, TrainingOptions training)
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(TinyForecasting.Steps(60), TinyForecasting.Options with { Training = training },
            architecture);
        return fitted.Model;
    }

    private SequenceModel NextSteps(Architecture architecture, int? truncation = null)
    {
        var options = new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = TinyForecasting.BriefTraining with { Truncation = truncation } };
        using NextStepTransformer fitted = _ml.Sequence.Trainers.NextStep(architecture, options).Fit(StepSequence.View(_ml, StepSequence.Waves(20)));
        return fitted.Model;
    }

    private static int[] Bits(SequenceModel model) => TinyForecasting.Bits(model);
}

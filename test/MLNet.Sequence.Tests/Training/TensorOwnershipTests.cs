using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Tests.Torch;
using TorchSharp;

namespace MLNet.Sequence.Tests.Training;

/// <summary>
/// TorchSharp passes a tensor as a bare handle, which does not keep it alive: a tensor outside any scope may be freed while libtorch reads
/// it. So training and scoring make each tensor inside a scope, and move out only those that an object keeps.
/// </summary>
[TestClass]
public sealed class TensorOwnershipTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Training_and_scoring_a_forecaster_make_every_tensor_inside_a_scope()
    {
        using var folder = new TemporaryFolder();
        IDataView rows = _ml.Data.LoadFromEnumerable(TinyForecasting.Steps(60));
        TrainingOptions training = TinyForecasting.BriefTraining with
        {
            Optimizer = new AdamW(),
            ClipValue = 0.1,
            AccumulationSteps = 2,
            Checkpoints = new CheckpointOptions { Directory = folder.Path },
        };
        var longer = training with { Epochs = 3, ResumeFrom = folder.Path };

        foreach (TrainingOptions run in new[] { training, longer })
        {
            var options = TinyForecasting.Options with { Training = run };
            AssertAllInScopes(_ml.Forecasting.Trainers.Sequence(new StableLstm { HiddenSize = 4, Dropout = 0.1 }, options), rows, "Forecast");
        }
    }

    [TestMethod]
    public void Training_in_chunks_makes_every_tensor_inside_a_scope()
    {
        IDataView rows = StepSequence.View(_ml, StepSequence.Waves(20));
        TrainingOptions training = TinyForecasting.BriefTraining with { BackpropSteps = 5, Optimizer = new Sgd { Momentum = 0.9 } };
        var options = new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = training };

        AssertAllInScopes(_ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 4 }, options), rows, "Prediction");
    }

    [TestMethod]
    public void Training_a_tagger_makes_every_tensor_inside_a_scope()
    {
        IDataView rows = TaggedSequence.View(_ml, TaggedSequence.Make(20));
        TrainingOptions training = TinyForecasting.BriefTraining with { Optimizer = new RmsProp() };
        var options = new SequenceTaggerOptions { LabelColumnName = "Tags", Decoding = TagDecoding.Chain, Training = training };
        var architecture = new Bidirectional { Inner = new Rnn { HiddenSize = 4 } };

        AssertAllInScopes(_ml.MulticlassClassification.Trainers.SequenceTagger(architecture, options), rows, "Scores");
    }

    private static void AssertAllInScopes(IEstimator<SequenceTransformer> trainer, IDataView rows, string output)
    {
        DisposeScopeManager.Statistics.Reset();
        using SequenceTransformer model = trainer.Fit(rows);
        model.Backend = ScoringBackend.Torch;
        _ = ((ITransformer)model).Transform(rows).GetColumn<float[]>(output).ToArray();

        Assert.IsGreaterThan(100, DisposeScopeManager.Statistics.CreatedInScopeCount);
        Assert.AreEqual(0, DisposeScopeManager.Statistics.CreatedOutsideScopeCount, DisposeScopeManager.Statistics.ToString());
    }
}

using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Fitting;

/// <summary>Estimators that resume from a checkpoint: with the same result to the last bit, or not at all.</summary>
[TestClass]
public sealed class ResumeTests
{
    private static readonly TrainingOptions Training = TinyForecasting.BriefTraining with { BatchSize = 16, Epochs = 3, Patience = null };

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"resume-{Guid.NewGuid():N}");

    [TestCleanup]
    public void Clean()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static readonly ForecastingOptions Forecasting = TinyForecasting.Options with { Inputs = ["Price"], Training = Training };

    [TestMethod]
    [DataRow("forecasts")]
    [DataRow("forecasts of a carried state")]
    [DataRow("classes")]
    [DataRow("numbers")]
    [DataRow("tags")]
    [DataRow("tags in chunks")]
    [DataRow("next steps in chunks")]
    [DataRow("continuous text")]
    public void Every_trainer_stopped_inside_an_epoch_continues_bit_for_bit(string trainer)
    {
        TrainingOptions training = trainer is "next steps in chunks" or "continuous text" or "tags in chunks" or "forecasts of a carried state"
            ? Training with { BackpropSteps = 3 } : Training;
        SequenceModel whole = Fit(trainer, training);
        long perEpoch = whole.Report.Epochs[0].Step;
        Assert.IsGreaterThan(2, perEpoch);
        // Inside the first epoch, at its end, and inside the second.
        foreach (long steps in new[] { perEpoch - 1, perEpoch, perEpoch + 2 })
            Fit(trainer, training with { MaxSteps = steps, Checkpoints = new CheckpointOptions { Directory = _folder }, ResumeFrom = _folder });

        SequenceModel resumed = Fit(trainer, training with { ResumeFrom = _folder });

        CollectionAssert.AreEqual(TinyForecasting.Bits(whole), TinyForecasting.Bits(resumed));
        Assert.AreEqual(whole.Report.Epochs[^1].Step, resumed.Report.Epochs[^1].Step);
        CollectionAssert.AreEqual(Losses(whole), Losses(resumed));
    }

    [TestMethod]
    public void What_differs_from_the_checkpoint_is_named_with_both_values()
    {
        Forecast(Forecasting with { Training = Training with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } } });
        (string Named, Action<ForecastingOptions> Fit)[] others =
        [
            ("architecture.name: \"lstm\" in the checkpoint, \"stable-lstm\" in this run", options => Forecast(options, new StableLstm { HiddenSize = 4 })),
            ("architecture.hiddenSize: 4 in the checkpoint, 5 in this run", options => Forecast(options, new Lstm { HiddenSize = 5 })),
            ("training rows: ", options => Forecast(options, rows: TinyForecasting.Steps(60, seed: 2))),
            ("task.targets: [{", options => Forecast(options with { Targets = ["Price"], Inputs = ["Load"] })),
            ("task.horizon: 3 in the checkpoint, 2 in this run", options => Forecast(options with { Horizon = 2 })),
            ("Stride: 1 in the checkpoint, 2 in this run", options => Forecast(options with { Stride = 2 })),
            ("Training.LearningRate: 0.01 in the checkpoint, 0.02 in this run",
                options => Forecast(Change(options, training => training with { LearningRate = 0.02 }))),
            ("Training.Optimizer: Adam {", options => Forecast(Change(options, training => training with { Optimizer = new Adam { Beta1 = 0.8 } }))),
            ("Training.Schedule: ConstantSchedule", options => Forecast(Change(options, training => training with { Schedule = new StepSchedule() }))),
            ("Training.ClipNorm: 1 in the checkpoint, none in this run", options => Forecast(Change(options, training => training with { ClipNorm = null }))),
            ("Training.Seed: 11 in the checkpoint, 12 in this run", options => Forecast(Change(options, training => training with { Seed = 12 }))),
            ("Training.BatchSize: 16 in the checkpoint, 8 in this run", options => Forecast(Change(options, training => training with { BatchSize = 8 }))),
            ("Training.ValidationFraction: 0.1 in the checkpoint, 0.2 in this run",
                options => Forecast(Change(options, training => training with { ValidationFraction = 0.2 }))),
        ];
        ForecastingOptions resuming = Forecasting with { Training = Training with { ResumeFrom = _folder } };
        foreach ((string named, Action<ForecastingOptions> fit) in others)
            StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => fit(resuming), named).Message, $"\n{named}");

        string both = Assert.ThrowsExactly<FormatException>(
            () => Forecast(Change(resuming, training => training with { LearningRate = 0.5, ClipValue = 2 }), new Gru { HiddenSize = 4 })).Message;
        foreach (string named in new[] { "architecture.name", "Training.LearningRate", "Training.ClipValue", Directory.GetFiles(_folder).Single() })
            StringAssert.Contains(both, named);
    }

    [TestMethod]
    public void What_only_moves_the_end_of_training_may_change()
    {
        Forecast(Forecasting with { Training = Training with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } } });
        TrainingOptions moved = Training with { Epochs = 2, MaxSteps = 100, MaxTime = TimeSpan.FromHours(1), Patience = 3, ResumeFrom = _folder, Threads = 1 };
        Assert.HasCount(2, Forecast(Forecasting with { Training = moved }).Report.Epochs);
    }

    [TestMethod]
    public void Other_labels_or_weights_of_the_same_sequences_are_other_rows()
    {
        Fit("classes", Training with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } });
        LabelledSequence[] rows = LabelledSequence.Make(60);
        (rows[0].Label, rows[1].Label) = (rows[1].Label, rows[0].Label);
        var error = Assert.ThrowsExactly<FormatException>(
            () => Classes(rows, new SequenceOptions { Features = 1, Training = Training with { ResumeFrom = _folder } }));
        StringAssert.Contains(error.Message, "\ntraining rows: ");
        error = Assert.ThrowsExactly<FormatException>(() => Classes(
            LabelledSequence.Make(60), new SequenceOptions { Features = 1, LabelSmoothing = 0.1, Training = Training with { ResumeFrom = _folder } }));
        StringAssert.Contains(error.Message, "\nLabelSmoothing: 0 in the checkpoint, 0.1 in this run");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_folder_that_cannot_be_written_to_is_reported_before_a_row_is_read(bool checkpoints)
    {
        string file = _folder + "-file";
        File.WriteAllText(file, "");
        try
        {
            string inside = Path.Combine(file, "run");
            TrainingOptions training = checkpoints
                ? Training with { Checkpoints = new CheckpointOptions { Directory = inside } }
                : Training with { TensorBoardDirectory = inside };
            static IEnumerable<Step> Unread() => throw new InvalidOperationException("A row was read.");
            var ml = new MLContext(seed: 1);
            IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1).SelectMany(_ => Unread()));
            var error = Assert.ThrowsExactly<IOException>(
                () => ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Forecasting with { Training = training }).Fit(rows));
            StringAssert.Contains(error.Message, checkpoints ? "Training.Checkpoints.Directory" : "Training.TensorBoardDirectory");
            StringAssert.Contains(error.Message, inside);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ForecastingOptions Change(ForecastingOptions options, Func<TrainingOptions, TrainingOptions> change) =>
        options with { Training = change(options.Training) };

    private static SequenceModel Forecast(ForecastingOptions options, Architecture? architecture = null, List<Step>? rows = null)
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(rows ?? TinyForecasting.Steps(60), options, architecture);
        return fitted.Model;
    }

    private static SequenceModel Classes(LabelledSequence[] rows, SequenceOptions options)
    {
        var ml = new MLContext(seed: 1);
        IDataView view = LabelledSequence.View(ml, rows);
        using SequencePredictionTransformer fitted = ml.MulticlassClassification.Trainers.Sequence(new Gru { HiddenSize = 3, Dropout = 0 }, options)
            .Fit(ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view));
        return fitted.Model;
    }

    private static SequenceModel Fit(string trainer, TrainingOptions training)
    {
        var ml = new MLContext(seed: 1);
        switch (trainer)
        {
            case "forecasts":
                return Forecast(Forecasting with { Training = training });
            case "forecasts of a carried state":
                ForecastingOptions carried = Forecasting with { CarriesState = true, Normalization = WindowNormalization.None, SeriesColumnName = "Series" };
                return Forecast(carried with { Training = training with { BatchSize = 1 } },
                    rows: TinyForecasting.Interleaved(TinyForecasting.Steps(30), TinyForecasting.Steps(40, 2, "b")));
            case "classes":
                return Classes(LabelledSequence.Make(60), new SequenceOptions { Features = 1, ClassWeights = ClassWeights.Balanced, Training = training });
            case "numbers":
                return ml.Regression.Trainers.Sequence(new Tcn { Channels = 3, Dropout = 0.2 },
                    new SequenceOptions { LabelColumnName = "Number", Features = 1, Training = training })
                    .Fit(LabelledSequence.View(ml, LabelledSequence.Make(60))).Model;
            case "tags":
                return ml.MulticlassClassification.Trainers.SequenceTagger(
                    new Gru { HiddenSize = 3 }, new SequenceTaggerOptions { LabelColumnName = "Tags", Decoding = TagDecoding.Chain, Training = training })
                    .Fit(TaggedSequence.View(ml, TaggedSequence.Make(60))).Model;
            case "tags in chunks":
                return ml.MulticlassClassification.Trainers.SequenceTagger(
                    new Gru { HiddenSize = 3 }, new SequenceTaggerOptions { LabelColumnName = "Tags", Training = training })
                    .Fit(TaggedSequence.View(ml, TaggedSequence.Make(40))).Model;
            case "next steps in chunks":
                return ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 3 },
                    new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = training })
                    .Fit(StepSequence.View(ml, StepSequence.Waves(40))).Model;
            default:
                var text = new NextStepOptions
                {
                    Kind = StepKind.Token,
                    ContinuousText = true,
                    FeatureColumnName = "Tokens",
                    Tokens = new TokenOptions { Vocabulary = 8, EmbeddingSize = 3 },
                    Training = training with { BatchSize = 4 },
                };
                return ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 3 }, text).Fit(TokenSequence.View(ml, TokenSequence.Make(40))).Model;
        }
    }

    private static double[] Losses(SequenceModel model) => [.. model.Report.Epochs.SelectMany(epoch => new[] { epoch.Loss, epoch.ValidationLoss ?? 0 })];
}

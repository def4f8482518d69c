using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>Comparisons in which one architecture sees too little and stops early.</summary>
[TestClass]
public sealed class ComparedRaceTests
{
    private const int Epochs = 12, Quarter = 3, Training = 2000, Validating = 1000, Testing = 200;

    private static readonly Architecture[] Architectures = [new WindowMlp { HiddenSize = 8 }, new Linear { Window = 1 }];

    private static readonly ForecastingOptions Task = TinyForecasting.Options with
    {
        Context = 4,
        Horizon = 1,
        Normalization = WindowNormalization.None,
        Training = new TrainingOptions { Epochs = Epochs, BatchSize = 32, LearningRate = 5e-3, Patience = 3, Seed = 1 },
    };

    private static readonly CompareOptions Options = new() { Rounds = 2, DataMemory = false, Memory = new MemoryOptions { Examples = 8 } };

    private static readonly Lazy<RecurrenceReport> Raced = new(() => Compare(Options with { TrainingsAtOnce = 1 }));

    [TestMethod]
    public void A_beaten_architecture_stops_and_the_others_keep_their_bits()
    {
        RecurrenceReport raced = Raced.Value, whole = Compare(Options with { StopBeaten = false });

        StoppedModel stopped = raced.Stopped.Single();
        Assert.AreEqual(("linear", "window-mlp", Quarter, Epochs), (stopped.Name, stopped.Leader, stopped.Epochs, stopped.Planned));
        Assert.HasCount(Quarter, raced.Models[1].Model.Report.Epochs);
        Assert.IsEmpty(whole.Stopped);
        Assert.IsGreaterThan(Quarter, whole.Models[1].Model.Report.Epochs.Count);
        MustBeEqual(whole.Models[0], raced.Models[0]);
        Assert.AreEqual(whole.Recommendation.Architecture, raced.Recommendation.Architecture);
        // Its epochs are the first ones of the whole training.
        CollectionAssert.AreEqual(Losses(whole.Models[1]).Take(Quarter).ToArray(), Losses(raced.Models[1]).ToArray());
        // Independent: the process's own errors. The loss of the best of two seeds is noisy by a few per cent.
        Assert.AreEqual(1 / TwoSteps.Ratio - 1, stopped.Behind, 0.15);
    }

    [TestMethod]
    public void The_result_is_the_same_whatever_runs_at_once()
    {
        RecurrenceReport several = Compare(Options with { TrainingsAtOnce = 3 });
        CollectionAssert.AreEqual(Raced.Value.Stopped.ToArray(), several.Stopped.ToArray());
        foreach ((ComparedModel one, ComparedModel other) in Raced.Value.Models.Zip(several.Models))
            MustBeEqual(one, other);
    }

    [TestMethod]
    public void A_cancelled_race_continues_with_the_same_bits_and_repeats_no_epoch()
    {
        string folder = Directory.CreateTempSubdirectory("race-").FullName;
        try
        {
            using var cancel = new CancellationTokenSource();
            var told = new List<(string Model, int Round, int Epoch)>();
            CompareOptions Kept(Action told) => Options with { TrainingsAtOnce = 1, Directory = folder, Progress = new Listener(Note, told) };
            void Note(CompareProgress progress) => told.Add((progress.Model, progress.Round, progress.Training.Epoch));
            // After the decision: the winner of the first round has gone on.
            Assert.ThrowsExactly<OperationCanceledException>(() => Compare(
                Kept(() =>
                {
                    if (told.Any(one => one.Epoch > Quarter))
                        cancel.Cancel();
                }),
                cancel.Token));
            RecurrenceReport resumed = Compare(Kept(() => { }));

            CollectionAssert.AreEqual(Raced.Value.Stopped.ToArray(), resumed.Stopped.ToArray());
            foreach ((ComparedModel one, ComparedModel other) in Raced.Value.Models.Zip(resumed.Models))
                MustBeEqual(one, other);
            Assert.HasCount(told.Count, told.Distinct().ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void The_report_says_which_model_stopped_when_and_why()
    {
        string words = Raced.Value.Stopped[0].ToString();
        StringAssert.Matches(words, new(@"^linear was stopped after 3 of 12 epochs: its validation loss was \d+\.\d % larger than that of window-mlp, and "
            + @"would be at least \d+\.\d % larger if it learned on as fast\. Its errors are those after 3 epochs\.$"));
        StringAssert.Contains(Raced.Value.ToString().ReplaceLineEndings(" "), words);
        StringAssert.Contains(Raced.Value.ToHtml("race"), "linear was stopped after 3 of 12 epochs");
        using var json = JsonDocument.Parse(Raced.Value.ToJson());
        JsonElement stopped = json.RootElement.GetProperty("stopped")[0];
        Assert.AreEqual("linear", stopped.GetProperty("architecture").GetString());
        Assert.AreEqual(Raced.Value.Stopped[0].Behind, stopped.GetProperty("behind").GetDouble());
    }

    [TestMethod]
    public void With_no_time_for_more_every_architecture_has_one_round()
    {
        RecurrenceReport report = Compare(Options with { MaxTime = TimeSpan.FromTicks(1) });
        Assert.AreEqual(1, report.Rounds);
        Assert.HasCount(1, report.Stopped);
    }

    [TestMethod]
    public void Trainings_that_ended_before_the_pause_are_not_stopped()
    {
        // 63 steps in an epoch: all end inside the third one.
        var ml = new MLContext(seed: 1);
        ForecastingOptions task = Validated(ml);
        RecurrenceReport report = ml.Sequence.Compare(Rows(ml, 0, Training), Rows(ml, Training + Validating, Training + Validating + Testing),
            task with { Training = task.Training with { MaxSteps = 150 } }, Architectures, Options);

        Assert.IsEmpty(report.Stopped);
        foreach (ComparedModel model in report.Models.Take(Architectures.Length))
            Assert.AreEqual("The limit of 150 steps was reached.", model.Model.Report.StoppedBecause);
    }

    [TestMethod]
    public void The_first_round_continues_its_trial_with_the_bits_of_a_training_by_itself()
    {
        var told = new List<(string Model, int Round, int Epoch)>();
        CompareOptions options = Options with
        {
            LearningRates = [5e-3, 1e-6],
            Progress = new Listener(progress => told.Add((progress.Model, progress.Round, progress.Training.Epoch)), () => { }),
        };
        ComparedModel compared = Compare(options).Models[0];

        var ml = new MLContext(seed: 1);
        SequenceModel alone = ml.Forecasting.Trainers.Sequence(Architectures[0], Validated(ml)).Fit(Rows(ml, 0, Training)).Model;
        CollectionAssert.AreEqual(TinyForecasting.Bits(alone), TinyForecasting.Bits(compared.Model));
        // The trial had two epochs.
        Assert.AreEqual(3, told.Where(one => one is ("window-mlp", 1, _)).Min(one => one.Epoch));
        Assert.AreEqual(1, told.Where(one => one is ("window-mlp", 2, _)).Min(one => one.Epoch));
    }

    private static IEnumerable<double?> Losses(ComparedModel model) => model.Model.Report.Epochs.Select(epoch => epoch.ValidationLoss);

    private static void MustBeEqual(ComparedModel expected, ComparedModel actual)
    {
        CollectionAssert.AreEqual(TinyForecasting.Bits(expected.Model), TinyForecasting.Bits(actual.Model), expected.Name);
        Assert.AreEqual((expected.Error, expected.ErrorLow, expected.ErrorHigh, expected.ValidationError),
            (actual.Error, actual.ErrorLow, actual.ErrorHigh, actual.ValidationError));
    }

    private static RecurrenceReport Compare(CompareOptions options, CancellationToken cancellation = default)
    {
        var ml = new MLContext(seed: 1);
        ForecastingOptions task = Validated(ml);
        return ml.Sequence.Compare(Rows(ml, 0, Training), Rows(ml, Training + Validating, Training + Validating + Testing),
            task with { Training = task.Training with { CancellationToken = cancellation } }, Architectures, options);
    }

    private static ForecastingOptions Validated(MLContext ml) => Task with
    {
        ValidationSet = Rows(ml, Training, Training + Validating),
        Training = Task.Training with { ValidationFraction = 0 },
    };

    private static IDataView Rows(MLContext ml, int from, int to) =>
        TinyForecasting.View(ml, TwoSteps.Values(to).Select((value, i) => new Step { Time = new DateTime(2020, 1, 1).AddHours(i), Load = (float)value })
            .Skip(from));

    private sealed class Listener(Action<CompareProgress> heard, Action after) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value)
        {
            if (value.Training.Finished is null)
                return;
            heard(value);
            after();
        }
    }
}

using Microsoft.ML;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>Trainings of a comparison, side by side, cancelled and resumed.</summary>
[TestClass]
public sealed class RecurrenceComparisonTests
{
    private static readonly Architecture[] Architectures = [TinyForecasting.TinyLstm, new Linear(), TinyForecasting.TinyLstm];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Trainings_side_by_side_give_the_bits_of_one_after_the_other()
    {
        var told = new List<CompareProgress>();
        int inside = 0;
        RecurrenceReport one = Compare(new CompareOptions { Rounds = 2, TrainingsAtOnce = 1 });
        RecurrenceReport several = Compare(new CompareOptions
        {
            Rounds = 2,
            TrainingsAtOnce = 3,
            Progress = new Listener(progress =>
            {
                // One at a time, from any thread.
                Assert.AreEqual(1, Interlocked.Increment(ref inside));
                told.Add(progress);
                Interlocked.Decrement(ref inside);
            }),
        });
        MustBeEqual(one, several);
        string[] names = [.. told.Select(progress => $"{progress.Model} {progress.Round}").Distinct().Order()];
        string[] compared = ["linear 1", "linear 2", "lstm 1", "lstm 2", "lstm-2 1", "lstm-2 2"];
        CollectionAssert.IsSubsetOf(compared, names);
        // The others are trials and shorter windows, once each, and models with a carried state, in all rounds.
        Assert.IsTrue(names.Except(compared).All(name => name.EndsWith("-carried 1", StringComparison.Ordinal)
            || name.EndsWith("-carried 2", StringComparison.Ordinal) || name.Contains("-of-", StringComparison.Ordinal)
            || name.Contains("-with-", StringComparison.Ordinal)), string.Join(", ", names));
        Assert.AreEqual(0, inside);
    }

    [TestMethod]
    public void A_cancelled_comparison_continues_and_repeats_no_training()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            RecurrenceReport whole = Compare(new CompareOptions { Rounds = 2, DataMemory = false, TrainOn = false },
                normalization: WindowNormalization.MeanAndDeviation);
            using var cancel = new CancellationTokenSource();
            var before = new List<(string, int, int)>();
            CompareOptions Kept(Action<CompareProgress> told) => new()
            {
                TrainOn = false,
                Rounds = 2,
                DataMemory = false,
                TrainingsAtOnce = 1,
                Directory = folder,
                Progress = new Listener(told),
            };
            Assert.ThrowsExactly<OperationCanceledException>(() => Compare(Kept(progress =>
            {
                if (progress.Training.Finished is not null)
                    before.Add(Epoch(progress));
                // In the second of six trainings.
                if (before.Count == 3)
                    cancel.Cancel();
            }), cancellation: cancel.Token, normalization: WindowNormalization.MeanAndDeviation));
            CollectionAssert.AreEqual(new[] { ("lstm", 1, 1), ("lstm", 1, 2), ("linear", 1, 1) }, before);

            var after = new List<(string, int, int)>();
            MustBeEqual(whole, Compare(Kept(progress => after.AddRange(progress.Training.Finished is null ? [] : [Epoch(progress)])),
                normalization: WindowNormalization.MeanAndDeviation));
            Assert.HasCount(12, before.Concat(after).Distinct().ToArray());
            Assert.HasCount(9, after);

            MustBeEqual(whole, Compare(Kept(progress => Assert.Fail($"{progress.Model} is "
                + "trained again.")), normalization: WindowNormalization.MeanAndDeviation));
            FormatException other = Assert.ThrowsExactly<FormatException>(() =>
                Compare(Kept(_ => { }), learningRate: 0.5, normalization: WindowNormalization.MeanAndDeviation));
            StringAssert.Contains(other.Message, "is of another run");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static (string, int, int) Epoch(CompareProgress progress) => (progress.Model, progress.Round, progress.Training.Epoch);
    }

    [TestMethod]
    public void Each_architecture_has_the_learning_rate_of_the_least_validation_loss()
    {
        var told = new List<CompareProgress>();
        WindowNormalization? normalization = WindowNormalization.MeanAndDeviation;
        RecurrenceReport Rated(params double[] rates)
        {
            told.Clear();
            var options = new CompareOptions
            {
                Rounds = 1,
                TrainingsAtOnce = 2,
                DataMemory = false,
                TrainOn = false,
                LearningRates = rates,
                Progress = new Listener(told.Add)
            };
            return Compare(options, normalization: normalization);
        }

        bool IsTried(string rate) => told.Any(progress => progress.Model == $"linear-with-rate-{rate}");
        double[] rates = [1e-6, 0.02];
        ComparedModel[] models = [.. Rated(rates).Models.Take(2)];
        Assert.IsTrue(IsTried("1E-06") && IsTried("0.02"));
        foreach ((ComparedModel model, Architecture architecture) in models.Zip(Architectures))
        {
            double[] losses = [.. rates.Select(rate => Alone(architecture, rate))];
            Assert.AreEqual((float)(losses[0] <= 1.02 * losses.Min() ? rates[0] : rates[1]), model.LearningRate, model.Name);
        }

        // With steps of a millionth a linear model learns nothing.
        Assert.AreEqual(0.02f, models[1].LearningRate);
        // With a single rate there is nothing to try.
        Assert.AreEqual(0.005f, Rated(0.005).Models[0].LearningRate);
        Assert.IsFalse(told.Any(progress => progress.Model.Contains("-with-", StringComparison.Ordinal)));
        // The rate was tried for all architectures, with the same normalisation of windows.
        normalization = null;
        Rated(0.01, 0.02);
        Assert.IsTrue(IsTried("0.02") && !IsTried("0.01"));
        string message = Assert.ThrowsExactly<ArgumentException>(() => Rated(0.1, -1)).Message;
        StringAssert.Contains(message, "LearningRates must be above 0; found -1.");
    }

    [TestMethod]
    public void A_folder_needs_a_seed_and_no_other_checkpoints()
    {
        var kept = new CompareOptions { Directory = Path.GetTempPath() };
        ForecastingOptions options = TinyForecasting.Options;
        IDataView rows = TinyForecasting.View(_ml, TinyForecasting.Steps(60));
        void Refused(MLContext ml, ForecastingOptions task, string part) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => ml.Sequence.Compare(rows, rows, task, Architectures, kept)).Message, part);
        Refused(new MLContext(), options with { Training = options.Training with { Seed = null } }, "needs a seed");
        Refused(_ml, options with { Training = options.Training with { ResumeFrom = "folder" } }, "leave Training.Checkpoints and Training.ResumeFrom out");
    }

    // The validation loss of a separate trial.
    private double Alone(Architecture architecture, double rate)
    {
        ForecastingOptions options = TinyForecasting.Options with { Normalization = WindowNormalization.MeanAndDeviation };
        options = options with { Training = options.Training with { LearningRate = rate } };
        IDataView train = TinyForecasting.View(_ml, TinyForecasting.Steps(80));
        return _ml.Forecasting.Trainers.Sequence(architecture, options).Fit(train).Model.Report.Epochs.Min(epoch => epoch.ValidationLoss!.Value);
    }

    private RecurrenceReport Compare(
        CompareOptions compare, double learningRate = 0.01, WindowNormalization? normalization = null, CancellationToken cancellation = default)
    {
        IDataView train = TinyForecasting.View(_ml, TinyForecasting.Steps(80)), test = TinyForecasting.View(_ml, TinyForecasting.Steps(40, seed: 2));
        ForecastingOptions options = TinyForecasting.Options;
        return _ml.Sequence.Compare(
            train, test, options with
            {
                Normalization = normalization,
                Training = options.Training with { CancellationToken = cancellation, LearningRate = learningRate }
            }, Architectures,
                compare with { Memory = new() { Examples = 8 } });
    }

    private static void MustBeEqual(RecurrenceReport expected, RecurrenceReport actual)
    {
        foreach ((ComparedModel one, ComparedModel other) in expected.Models.Zip(actual.Models))
        {
            CollectionAssert.AreEqual(TinyForecasting.Bits(one.Model), TinyForecasting.Bits(other.Model), one.Name);
            Assert.AreEqual((one.Error, one.ErrorLow, one.ErrorHigh, one.ValidationError),
                (other.Error, other.ErrorLow, other.ErrorHigh, other.ValidationError));
        }

        Assert.AreEqual(expected.FeedForwardAgainstRecurrent, actual.FeedForwardAgainstRecurrent);
        Assert.AreEqual(expected.DataMemory, actual.DataMemory);
        Assert.AreEqual(expected.CarriesState, actual.CarriesState);
    }

    private sealed class Listener(Action<CompareProgress> heard) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => heard(value);
    }
}

using Microsoft.ML;
using MLNet.Sequence.Tests.Pairs;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>ml.Sequence.Compare for pairs of known truth, pairs that are left out, and comparisons that are refused or resumed.</summary>
[TestClass]
public sealed class ComparedPairsTruthTests
{
    // More steps between the two drawn tokens than a decoder of one convolution, or a 5-gram, sees.
    private const int Fillers = 4;

    private static readonly CompareOptions Once = new() { Rounds = 1, TrainOn = false };

    private static readonly EncoderDecoder[] Two = [new ConvSeq2Seq { Channels = 8, Layers = 1 }, new AttentionRnn { HiddenSize = 12 }];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_token_that_comes_back_after_the_receptive_field_needs_a_state()
    {
        RecurrenceReport report = Drawn();
        PairedDifference kinds = report.FeedForwardAgainstRecurrent!;
        Assert.AreEqual(PairedVerdict.Worse, kinds.Verdict, $"{kinds}");
        Assert.IsTrue(report.Recommendation.NeedsRecurrence);
        // Two draws of two tokens are not known without the state, one with it.
        double draw = Math.Log(2) / (Fillers + 3);
        Assert.IsGreaterThan(1.99 * draw, report.Models[0].Error);
        Assert.IsLessThan(1.5 * draw, report.Models[1].Error);
        Assert.IsGreaterThan(0.99 * draw, report.Models[1].Error);
    }

    [TestMethod]
    public void All_figures_are_of_the_pairs_that_are_complete()
    {
        ReversedWords[] whole = ReversedWords.Make(20, seed: 2), cut = [.. ReversedWords.Make(8, seed: 3)
            .Select((row, i) => new ReversedWords { Source = i < 3 ? [] : row.Source, Target = i < 3 ? row.Target : [] })];
        IDataView train = ReversedWords.View(_ml, ReversedWords.Make(60));
        SequenceToSequenceOptions options = Options(train) with { EmptySequences = EmptySequences.Skip };
        RecurrenceReport report = _ml.Sequence.Compare(train, ReversedWords.View(_ml, [.. cut.Take(4), .. whole, .. cut.Skip(4)]), options, Two, Once);

        Assert.AreEqual(whole.Length, report.Examples);
        CollectionAssert.Contains(report.Remarks.ToArray(), "8 of 28 test rows have no source or no target: they are left out, for all.");
        foreach (ComparedModel model in report.Models)
        {
            using SequenceTransformer fitted = _ml.Sequence.CreateTransformer(model.Model);
            SequenceToSequenceMetrics alone = _ml.Sequence.EvaluateSequences(fitted.Transform(ReversedWords.View(_ml, whole)));
            Assert.AreEqual(alone.ChrF, model.Metrics["chrF"], 1e-9);
            Assert.AreEqual(alone.TokenAccuracy, model.Metrics["tokenAccuracy"], 1e-9);
            Assert.IsTrue(model.ErrorLow < model.Error && model.Error < model.ErrorHigh);
        }
    }

    [TestMethod]
    public void What_is_wrong_is_found_before_training_and_a_kept_comparison_is_not_trained_again()
    {
        string folder = Directory.CreateTempSubdirectory("pairs-").FullName;
        try
        {
            int told = 0;
            CompareOptions kept = Once with { TrainingsAtOnce = 1, Directory = folder, Progress = new Listener(() => told++) };
            ReversedWords[] others = ReversedWords.Make(10, seed: 2);
            IDataView train = ReversedWords.View(_ml, ReversedWords.Make(40)), test = ReversedWords.View(_ml, others);
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => _ml.Sequence.Compare(train, ReversedWords.Sources(_ml, others), Options(test), Two, kept));
            Assert.AreEqual(0, told);
            RecurrenceReport first = _ml.Sequence.Compare(train, test, Options(test), Two, kept);
            int trained = told;
            Assert.IsGreaterThan(0, trained);
            RecurrenceReport again = _ml.Sequence.Compare(train, test, Options(test), Two, kept);
            Assert.AreEqual(trained, told);
            CollectionAssert.AreEqual(first.Models.Select(model => model.Error).ToArray(), again.Models.Select(model => model.Error).ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The source is always the same; the target is one of two tokens, fillers, and the same token.
    private RecurrenceReport Drawn()
    {
        IDataView View(int rows, int seed)
        {
            var random = new RandomStream(seed);
            string[] two = ["A", "B"];
            return ReversedWords.View(_ml, Enumerable.Range(0, rows).Select(i =>
            {
                // Keys in the same order in all sets.
                int first = i < 2 ? i : (int)random.NextInt64(2);
                return new ReversedWords { Source = ["s"], Target = [two[first], .. Enumerable.Repeat("-", Fillers), two[first]] };
            }));
        }

        SequenceToSequenceOptions options = Options(View(20, 2)) with
        {
            Training = new TrainingOptions { Epochs = 18, Patience = null, Seed = 3, BatchSize = 20, LearningRate = 4e-2, Schedule = new CosineSchedule() },
        };
        return _ml.Sequence.Compare(View(100, 1), View(50, 3), options, Two, Once);
    }

    private static SequenceToSequenceOptions Options(IDataView validation) => new()
    {
        SourceTokens = new TokenOptions { EmbeddingSize = 8 },
        ValidationSet = validation,
        Training = new TrainingOptions { Epochs = 2, Seed = 3, BatchSize = 16, LearningRate = 1e-2 },
    };

    private sealed class Listener(Action tell) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value)
        {
            if (value.Training.Finished is not null)
                tell();
        }
    }
}

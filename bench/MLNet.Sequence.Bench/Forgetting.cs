using Microsoft.ML;
using MLNet.Sequence.Bench.Tables;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Where a stable recurrent model must fail: the adding problem and copy memory depend on steps before those that, by its certificate, it
/// keeps. The report of a comparison says so, and a table by the problem's length shows at which length it begins.
/// </summary>
internal static class Forgetting
{
    private const int Seed = 1;

    private const double Guessing = 1.0 / 6; // the variance of a sum of two numbers uniform in [0, 1]

    public static int Adding()
    {
        var ml = new MLContext(Seed);
        const int steps = 200;
        SequenceOptions options = Options(ml, steps, epochs: 4);
        return Write("forgetting-adding", ml.Sequence.Compare(
            AddingProblem.View(ml, steps, 20_000, seed: 1), AddingProblem.View(ml, steps, 2_000, seed: 3), options,
            [new Tcn { Channels = 24, Levels = 6, KernelSize = 8, InitialDeviation = null }, new StableRnn { HiddenSize = 130, Lambda = 0.9 }], Once(128)));
    }

    public static int Copying()
    {
        var ml = new MLContext(Seed);
        return Write("forgetting-copy", ml.Sequence.Compare(
            CopyMemory.TrainingSet(ml), CopyMemory.TestSet(ml), CopyMemory.Options(ml, Seed),
                [CopyMemory.Network, new StableRnn { HiddenSize = 80, Dropout = 0.05 }], Once(16)));
    }

    /// <summary>The adding problem by its length, with one stable model.</summary>
    public static int ByLength()
    {
        var ml = new MLContext(Seed);
        using var text = new StringWriter();
        text.WriteLine("steps  mean squared error  part of guessing's  lambda  steps proved enough for .01 deviations");
        foreach (int steps in new[] { 4, 8, 16, 32, 64, 128 })
        {
            var architecture = new StableRnn
            {
                HiddenSize = 130,
                Lambda = 0.9,
                Recurrent = RecurrentInitialization.Orthogonal,
                Projection = SpectralProjection.SingularValues
            };
            using SequencePredictionTransformer fitted = ml.Regression.Trainers.Sequence(architecture, Options(ml, steps, epochs: 20))
                .Fit(AddingProblem.View(ml, steps, 10_000, seed: 1));
            double error = ml.Regression.Evaluate(fitted.Transform(AddingProblem.View(ml, steps, 2_000, seed: 3))).MeanSquaredError;
            MemoryCertificate certificate = fitted.Model.Certificate;
            double deviation = Math.Sqrt(Guessing);
            string line = FormattableString.Invariant(
                $"{steps,5}{error,20:G3}{error / Guessing,20:G3}{certificate.Lambda,8:F3}{certificate.StepsFor(0.01 * deviation),40}");
            Console.WriteLine(line);
            text.WriteLine(line);
        }

        File.WriteAllText(Path.Combine(DataFiles.Repository, "bench", "results", "forgetting-by-length.txt"), text.ToString());
        return 0;
    }

    // The memory of a tagger is measured at every step, so few rows are enough.
    private static CompareOptions Once(int examples) => new() { Rounds = 1, Memory = new MemoryOptions { Examples = examples } };

    private static SequenceOptions Options(MLContext ml, int steps, int epochs) => new()
    {
        Pooling = PoolingKind.LastStep,
        ValidationSet = AddingProblem.View(ml, steps, 2_000, seed: 2),
        Training = new TrainingOptions
        {
            Epochs = epochs,
            LearningRate = 2e-3,
            ClipNorm = 5,
            Patience = 6,
            Schedule = new PlateauSchedule { Patience = 2 },
            Seed = Seed,
            Threads = 1,
            Progress = new EpochLines(),
        },
    };

    // 0 if the report says that the stable model must forget steps that another model uses.
    private static int Write(string name, RecurrenceReport report)
    {
        Console.WriteLine(report);
        string path = Path.Combine(DataFiles.Repository, "bench", "results", name);
        File.WriteAllText(path + ".txt", report + Environment.NewLine);
        File.WriteAllText(path + ".json", report.ToJson() + Environment.NewLine);
        return report.MemoryShortfall is null ? 1 : 0;
    }
}

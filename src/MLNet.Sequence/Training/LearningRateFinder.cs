using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence;

/// <summary>
/// The learning-rate range test (Smith, arXiv 1506.01186, section 3.3): the rate rises exponentially from step to step on new weights. The
/// rate at which the loss falls fastest is a good one; at rates where it rises again, training would diverge.
/// </summary>
internal static class LearningRateFinder
{
    public const double Lowest = 1e-6, Highest = 1;

    // If the loss is more than this many times the best loss, the rest of the curve is not useful.
    private const double Diverged = 4;

    // A slope covers a twelfth of the test on each side: half a decade.
    private const int Reaches = 12;

    private const int ProbeBatches = 8;

    public static LearningRateCurve Run(TorchNetwork network, TrainingJob job, TrainingOptions options, int steps)
    {
        using TorchThreads one = TorchThreads.Use(1);
        using IDisposable core = TorchWorkers.Occupy();
        job = job.On(options.Cluster);
        var ranks = new Ranks(options.Cluster, ThreadChoice.Make(network.Device, job, options).Threads) { Cancellation = options.CancellationToken };
        using var step = new TrainingStep(network, job, options, ranks);
        // The loss of changing batches is too noisy for a slope.
        TrainingJob probe = job with { Validation = new Probe(job.Training, [.. job.Training.Order(options.BatchSize, job.Seed).Take(ProbeBatches)]) };
        using var signals = new TrainingSignals(probe, TrainingSignals.None(options));
        double full = job.Training.FullWeight(options.BatchSize);
        List<LearningRateStep> curve = ranks.Run(() =>
        {
            ranks.MustAgree(() => RankFacts.Of(network, job, options));
            return Curve(Batches(job, options.BatchSize, steps), steps, Step);
        });
        return new LearningRateCurve(Suggest(curve), curve);

        double Step(double rate, long[] examples, long number)
        {
            double loss = step.Accumulate(examples, full, number).Mean;
            return double.IsFinite(loss) && double.IsFinite(step.Advance(rate).Norm)
                ? Validation.Measure(network, probe, options, ranks, signals.CheckCancelled).Loss!.Value
                : double.NaN;
        }
    }

    private static List<LearningRateStep> Curve(IEnumerable<long[]> batches, int steps, Func<double, long[], long, double> step)
    {
        var curve = new List<LearningRateStep>(steps);
        double best = double.PositiveInfinity;
        foreach (long[] examples in batches)
        {
            double rate = Lowest * Math.Pow(Highest / Lowest, curve.Count / Math.Max(1.0, steps - 1));
            double loss = step(rate, examples, curve.Count);
            if (!double.IsFinite(loss))
                break;
            curve.Add(new LearningRateStep(rate, loss));
            best = Math.Min(best, loss);
            if (loss > Diverged * best)
                break;
        }

        return curve;
    }

    /// <summary>
    /// The rate with the steepest fall of the loss over the logarithm of the rate. It uses the lowest loss so far: a loss that jumps up and
    /// comes back has not fallen.
    /// </summary>
    internal static double Suggest(IReadOnlyList<LearningRateStep> curve)
    {
        if (curve.Count < 3)
            throw new InvalidOperationException($"The range test took {curve.Count} steps before the loss diverged: too few to suggest a rate.");
        var lowest = new double[curve.Count];
        for (int i = 0; i < lowest.Length; i++)
            lowest[i] = i == 0 ? curve[0].Loss : Math.Min(lowest[i - 1], curve[i].Loss);
        int reach = Math.Max(1, curve.Count / Reaches), steepest = reach;
        for (int i = reach + 1; i < curve.Count - reach; i++)
        {
            if (Slope(i) < Slope(steepest))
                steepest = i;
        }

        return curve[steepest].LearningRate;

        double Slope(int i) => (lowest[i + reach] - lowest[i - reach])
            / Math.Log(curve[i + reach].LearningRate / curve[i - reach].LearningRate);
    }

    private static IEnumerable<long[]> Batches(TrainingJob job, int batchSize, int steps)
    {
        int taken = 0;
        for (long epoch = 1; taken < steps; epoch++)
        {
            foreach (long[] examples in job.Training.Order(batchSize, job.Seed + epoch))
            {
                if (taken++ == steps)
                    yield break;
                yield return examples;
            }
        }
    }

    /// <summary>The same few batches every time.</summary>
    private sealed class Probe(IBatchSource source, long[][] batches) : IBatchSource
    {
        public long Count => batches.Sum(batch => batch.LongLength);

        public IReadOnlyList<string> Channels => source.Channels;

        public IEnumerable<long[]> Order(int batchSize, long? seed) => batches;

        public Batch Load(ReadOnlySpan<long> examples, Device device) => source.Load(examples, device);
    }
}

using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>One step of a learning-rate range test.</summary>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="Loss">The batch's loss before it.</param>
/// <param name="SmoothedLoss">The running mean of losses up to it, corrected for its start.</param>
public sealed record LearningRateStep(double LearningRate, double Loss, double SmoothedLoss);

/// <summary>What a learning-rate range test found.</summary>
/// <param name="Suggestion">The rate at which the smoothed loss fell fastest.</param>
/// <param name="Curve">Every step, by rising rate; it ends where the loss diverged.</param>
public sealed record LearningRateCurve(double Suggestion, IReadOnlyList<LearningRateStep> Curve);

/// <summary>
/// The learning-rate range test (Smith, arXiv 1506.01186, section 3.3): the rate rises exponentially from step to step on
/// fresh weights; where the loss falls fastest is a good rate, where it rises again training would diverge.
/// </summary>
internal static class LearningRateFinder
{
    public const double Lowest = 1e-6, Highest = 1;

    private const double Smoothing = 0.9;

    // Beyond so many times the best loss the rest of the curve tells nothing.
    private const double Diverged = 4;

    public static LearningRateCurve Run(TorchNetwork network, TrainingJob job, TrainingOptions options, int steps)
    {
        using TorchThreads threads = TorchThreads.Use(ThreadChoice.Make(network, job, options).Threads);
        using var step = new TrainingStep(network, job.Objective, options);
        var curve = new List<LearningRateStep>(steps);
        double mean = 0, best = double.PositiveInfinity;
        foreach ((long[] examples, int i) in Batches(job, options.BatchSize, steps).Select((examples, i) => (examples, i)))
        {
            job.CheckCancelled();
            using var scope = NewDisposeScope();
            double rate = Lowest * Math.Pow(Highest / Lowest, i / Math.Max(1.0, steps - 1));
            double loss = step.Accumulate(job.Training.Load(examples, network.Device), 1, i);
            if (!double.IsFinite(loss))
                break;
            mean = Smoothing * mean + (1 - Smoothing) * loss;
            double smoothed = mean / (1 - Math.Pow(Smoothing, i + 1));
            curve.Add(new LearningRateStep(rate, loss, smoothed));
            best = Math.Min(best, smoothed);
            if (smoothed > Diverged * best || !double.IsFinite(step.Advance(rate)))
                break;
        }

        return new LearningRateCurve(Suggest(curve), curve);
    }

    /// <summary>The rate of the steepest fall over the logarithm of the rate, by central differences.</summary>
    internal static double Suggest(IReadOnlyList<LearningRateStep> curve)
    {
        if (curve.Count < 3)
            throw new InvalidOperationException($"The range test took {curve.Count} steps before the loss diverged: too few to suggest a rate.");
        int steepest = 1;
        for (int i = 2; i < curve.Count - 1; i++)
        {
            if (Slope(i) < Slope(steepest))
                steepest = i;
        }

        return curve[steepest].LearningRate;

        double Slope(int i) => (curve[i + 1].SmoothedLoss - curve[i - 1].SmoothedLoss)
            / Math.Log(curve[i + 1].LearningRate / curve[i - 1].LearningRate);
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
}

using System.Globalization;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence;

/// <summary>The error of the best predictions that see only a given number of last steps.</summary>
/// <param name="Steps">The number of last steps that are seen; 0: none, the mean of training.</param>
/// <param name="Model">The model that was the best on the validation rows among those that see this number of steps.</param>
/// <param name="Error">Its mean loss on the test examples.</param>
/// <param name="ErrorLow">The lower end of the confidence interval of <paramref name="Error"/>.</param>
/// <param name="ErrorHigh">The upper end of the confidence interval of <paramref name="Error"/>.</param>
public sealed record MemoryRung(int Steps, string Model, double Error, double ErrorLow, double ErrorHigh);

/// <summary>
/// How much of the past carries information, independently of any one model: losses of models that see 0, 1, 2, 4, … last steps, and the
/// smallest number of steps that is as good as any. How much one model uses is another question (<see cref="MemoryReport"/>), and what
/// is proven about it a third (<see cref="MemoryCertificate"/>).
/// </summary>
public sealed record DataMemory
{
    /// <summary>The errors of the best predictions by the number of steps that they see, the fewest first.</summary>
    public required IReadOnlyList<MemoryRung> Ladder { get; init => field = ValueList.Of(value); }

    /// <summary>The smallest number of steps tried whose loss is within the comparison's margin of the best; 0: the past carries no information.</summary>
    public required int Steps { get; init; }

    /// <summary>The smallest number of steps that may be within the margin: the interval of the difference from the best overlaps it.</summary>
    public required int StepsLow { get; init; }

    /// <summary>The smallest number of steps whose interval is wholly within the margin.</summary>
    public required int StepsHigh { get; init; }

    /// <summary>
    /// Whether more steps than were tried may carry information: only the longest window is within the margin, or a model that carries
    /// its state beyond all windows is better.
    /// </summary>
    public required bool AtLeast { get; init; }

    /// <summary>The largest number of last steps tried; if the last rung of the ladder reads whole rows, that of the rung before it.</summary>
    public required int Tried { get; init; }

    /// <summary>"2 steps (2–4)", "more than the 64 steps tried".</summary>
    public override string ToString() => AtLeast
        ? string.Create(CultureInfo.InvariantCulture, $"more than the {Tried} {(Tried == 1 ? "step" : "steps")} tried")
        : string.Create(CultureInfo.InvariantCulture, $"{Steps} {(Steps == 1 ? "step" : "steps")} ({StepsLow}–{StepsHigh})");

    /// <summary>The rungs to try: 0, 1, 2, 4, … up to a window's steps, and a season that fits.</summary>
    internal static int[] Rungs(int most, int season)
    {
        IEnumerable<int> doubled = Enumerable.Range(0, 31).Select(power => 1 << power).TakeWhile(steps => steps < most);
        return [.. doubled.Append(most).Append(season).Prepend(0).Where(steps => steps <= most).Distinct().Order()];
    }

    /// <param name="rungs">By number of steps, each with the losses [rounds][examples] of its model; the examples are the same.</param>
    /// <param name="intervals">The intervals for these examples.</param>
    /// <param name="tolerance">The relative difference that does not matter, and the absolute one.</param>
    /// <param name="toStart">Whether the last rung reads whole rows instead of a number of last steps.</param>
    internal static DataMemory Of(
        IReadOnlyList<(int Steps, string Model, double[][] Losses)> rungs, LossIntervals intervals, (double Relative, double Absolute) tolerance,
            bool toStart = false)
    {
        double[][] best = rungs.MinBy(rung => Mean(rung.Losses)).Losses;
        double least = Mean(best), margin = Math.Max(tolerance.Relative, least > 0 ? tolerance.Absolute / least : 0);
        RungExcess[] excesses = [.. rungs.Select(rung => RungExcess.Of(rung.Steps, rung.Losses, best, intervals))];
        // If nothing is within the margin, all steps are needed.
        int Fewest(Func<RungExcess, double> worst) => excesses.FirstOrDefault(rung => worst(rung) <= margin, excesses[^1]).Steps;
        int steps = Fewest(rung => rung.Relative);
        return new DataMemory
        {
            Ladder = [.. rungs.Select(rung =>
            {
                (double low, double high) = intervals.OfMean(rung.Losses);
                return new MemoryRung(rung.Steps, rung.Model, Mean(rung.Losses), low, high);
            })],
            Steps = steps,
            StepsLow = Fewest(rung => rung.Low),
            StepsHigh = Fewest(rung => rung.High),
            Tried = rungs[toStart && rungs.Count > 1 ? ^2 : ^1].Steps,
            AtLeast = excesses.Length > 1 && steps == excesses[^1].Steps,
        };
    }

    private static double Mean(double[][] losses) => losses.Average(round => round.Average());

    // How a number of steps compares with the best one.
    private sealed record RungExcess(int Steps, double Relative, double Low, double High)
    {
        public static RungExcess Of(int steps, double[][] losses, double[][] best, LossIntervals intervals)
        {
            // Shorter windows are trained once: compare them with the first training of a model of several rounds.
            if (losses.Length != best.Length)
                (losses, best) = ([losses[0]], [best[0]]);
            (double low, double high) = intervals.OfRatio(losses, best, comparisons: 1);
            return new RungExcess(steps, LossIntervals.Excess(Mean(losses), Mean(best)), low, high);
        }
    }
}

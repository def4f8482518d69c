using System.Diagnostics;

namespace MLNet.Sequence.Bench;

/// <summary>A way to compute something.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Run">One run.</param>
/// <param name="Aim">How many times faster the first way should be, at least; null: it is only shown.</param>
internal sealed record Contender(string Name, Action Run, double? Aim = null);

/// <summary>
/// Ways to compute the same thing, run in turn in many short rounds: other work of the machine slows all of them, or only some rounds, which
/// the median leaves out.
/// </summary>
internal static class Race
{
    private const int Rounds = 201;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1), s_round = TimeSpan.FromMilliseconds(1);

    /// <summary>Prints the medians, and the quartiles of the ratios; exit code 0 if the first way reaches the aim of each other one.</summary>
    public static int Run(string name, Contender ours, params Contender[] peers)
    {
        Contender[] all = [ours, .. peers];
        int[] counts = Array.ConvertAll(all, contender => Math.Max(1, (int)(s_round / WarmUp(contender))));
        double[][] times = [.. all.Select(_ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < all.Length; i++)
                times[i][round] = Microseconds(all[i], counts[i]);
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{name}: {ours.Name} {Quantile(times[0], 0.5):F2} µs, {Rounds} rounds in turn; cores: {Environment.ProcessorCount}"));
        bool reached = true;
        for (int i = 1; i < all.Length; i++)
        {
            double[] ratios = [.. times[i].Zip(times[0], (peer, own) => peer / own)];
            double median = Quantile(ratios, 0.5);
            reached &= all[i].Aim is not { } least || median >= least;
            Console.WriteLine(FormattableString.Invariant($"  {median:F2} × as fast as {all[i].Name} ({Quantile(times[i], 0.5):F2} µs)")
                + FormattableString.Invariant($"; half of the rounds {Quantile(ratios, 0.25):F2} to {Quantile(ratios, 0.75):F2}")
                + (all[i].Aim is { } aim ? FormattableString.Invariant($"; aim: {aim}") : ""));
        }

        return reached ? 0 : 1;
    }

    /// <summary>All ways compute the same values; prints the largest difference of the last ones.</summary>
    public static void Difference(string peer, float[] ours, float[] theirs)
    {
        float[] last = theirs[^ours.Length..];
        float difference = ours.Zip(last, (one, other) => Math.Abs(one - other)).Max(), largest = last.Max(Math.Abs);
        Console.WriteLine(FormattableString.Invariant($"  largest difference to {peer} {difference:E1} of {largest:E1}"));
    }

    // Runs until it no longer becomes faster by compilation; the time of a run.
    private static TimeSpan WarmUp(Contender contender)
    {
        long start = Stopwatch.GetTimestamp(), runs = 0, middle = 0, before = 0;
        for (TimeSpan elapsed = TimeSpan.Zero; elapsed < s_warmUp || runs < 2; elapsed = Stopwatch.GetElapsedTime(start))
        {
            contender.Run();
            runs++;
            if (middle == 0 && elapsed > s_warmUp / 2)
                (middle, before) = (Stopwatch.GetTimestamp(), runs);
        }

        return Stopwatch.GetElapsedTime(middle == 0 ? start : middle) / Math.Max(1, runs - before);
    }

    private static double Microseconds(Contender contender, int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
            contender.Run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }

    public static double Quantile(double[] values, double share) => values.Order().ElementAt((int)(share * (values.Length - 1)));
}

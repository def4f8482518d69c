using System.Diagnostics;
using MLNet.Sequence.Certificates;

namespace MLNet.Sequence.Bench;

/// <summary>A way to compute something.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">The number of runs that are timed together.</param>
/// <param name="Run">One run.</param>
/// <param name="Aim">How many times faster the first way should be, at least; null: it is only shown.</param>
internal sealed record Contender(string Name, int Count, Action Run, double? Aim = null);

/// <summary>Ways to compute the same thing, run in turn, so that other work of the machine slows all of them.</summary>
internal static class Race
{
    private const int Rounds = 9, WarmUp = 2;

    /// <summary>Prints each round and the medians; exit code 0 if the first way reaches the aim of each other one.</summary>
    public static int Run(string name, Contender ours, params Contender[] peers)
    {
        var own = new double[Rounds];
        double[][] times = [.. peers.Select(_ => new double[Rounds])], ratios = [.. peers.Select(_ => new double[Rounds])];
        for (int round = -WarmUp; round < Rounds; round++)
        {
            double time = Microseconds(ours);
            double[] others = [.. peers.Select(Microseconds)];
            if (round < 0)
                continue;
            own[round] = time;
            for (int i = 0; i < peers.Length; i++)
                (times[i][round], ratios[i][round]) = (others[i], others[i] / time);
            Console.WriteLine(FormattableString.Invariant($"  {ours.Name} {time:F2} µs") + string.Concat(peers.Select((peer, i) =>
                FormattableString.Invariant($"   {peer.Name} {others[i]:F2} µs, {others[i] / time:F2} ×"))));
        }

        Console.WriteLine(FormattableString.Invariant($"{name}: {ours.Name} {Median(own):F2} µs in the median of {Rounds} rounds"));
        for (int i = 0; i < peers.Length; i++)
        {
            Console.WriteLine(FormattableString.Invariant($"  {Median(ratios[i]):F2} × faster than {peers[i].Name} ({Median(times[i]):F2} µs)")
                + (peers[i].Aim is { } aim ? FormattableString.Invariant($"; aim: {aim}") : ""));
        }

        return peers.Select((peer, i) => peer.Aim is null || Median(ratios[i]) >= peer.Aim).All(reached => reached) ? 0 : 1;
    }

    /// <summary>All ways compute the same values; prints the largest difference of the last ones.</summary>
    public static void Difference(string peer, float[] ours, float[] theirs)
    {
        float[] last = theirs[^ours.Length..];
        float difference = ours.Zip(last, (one, other) => Math.Abs(one - other)).Max(), largest = last.Max(Math.Abs);
        Console.WriteLine(FormattableString.Invariant($"  largest difference to {peer} {difference:E1} of {largest:E1}"));
    }

    private static double Microseconds(Contender contender)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < contender.Count; i++)
            contender.Run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / contender.Count;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}

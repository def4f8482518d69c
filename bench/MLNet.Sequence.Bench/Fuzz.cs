using System.Globalization;
using MLNet.Sequence.Tests.Model;
using MLNet.Sequence.Tests.Training;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Reads changed files of models and sessions of every architecture and task, and resumes from changed checkpoints. A fault is a file that
/// is neither refused with a <see cref="FormatException"/> nor used correctly, within a second of processor time and 200 MB. It is printed
/// with the number that reproduces the file. Exit code 1 if there was one.
/// </summary>
internal static class Fuzz
{
    private const double MostSeconds = 1;
    private const int MostPrinted = 20, Checkpoints = 4;

    public static int Run(IReadOnlyList<string> args)
    {
        long count = 100_000, seed = 1, first = 0;
        for (int i = 0; i < args.Count; i += 2)
        {
            long value = i + 1 < args.Count && long.TryParse(args[i + 1], CultureInfo.InvariantCulture, out long number) ? number
                : throw new ArgumentException($"fuzz: {args[i]} must be a whole number.");
            switch (args[i])
            {
                case "--count": count = value; break;
                case "--seed": seed = value; break;
                case "--first": first = value; break;
                default: throw new ArgumentException($"fuzz accepts --count N, --seed N and --first N; found {args[i]}.");
            }
        }

        return Run(count, seed, first);
    }

    private static int Run(long count, long seed, long first)
    {
        var run = new FuzzRun(seed);
        using var checkpoints = new CheckpointFuzz(seed);
        var clock = new ProcessorClock();
        var refused = new SortedDictionary<string, (long Refused, long Used)>(StringComparer.Ordinal);
        long faults = 0, bytes = 0;
        double slowest = 0;
        for (long number = first; number < first + count; number++)
        {
            long start = clock.GetTimestamp();
            bool resumes = number % Checkpoints == 0;
            FuzzOutcome outcome = resumes ? checkpoints.Try(number) : run.Try(number);
            // The first file of each kind makes the models or runs from which all files are derived.
            double seconds = number <= first + 1 || number < first + Checkpoints && resumes ? 0 : clock.GetElapsedTime(start).TotalSeconds;
            string? fault = outcome.Fault ?? (seconds > MostSeconds ? FormattableString.Invariant($"{seconds:F2} s") : null);
            (bytes, slowest) = (Math.Max(bytes, outcome.Bytes), Math.Max(slowest, seconds));
            (long Refused, long Used) so = refused.GetValueOrDefault(outcome.Kind);
            refused[outcome.Kind] = outcome.Refused ? so with { Refused = so.Refused + 1 } : so with { Used = so.Used + 1 };
            if (fault is not null && ++faults <= MostPrinted)
                Console.WriteLine($"FAULT {outcome.Kind}, reproduce with --seed {seed} --first {number} --count 1: {fault}");
            if ((number - first + 1) % 10_000 == 0)
                Console.WriteLine($"  {number - first + 1} files, {faults} faults");
        }

        string kinds = string.Join("; ", refused.Select(kind => $"{kind.Key}: {kind.Value.Refused} refused, {kind.Value.Used} used"));
        Console.WriteLine(FormattableString.Invariant(
            $"fuzz: seed {seed}, {count} files, {faults} faults; {kinds}; at most {bytes / 1e6:F0} MB and {slowest:F2} s of processor time"));
        return faults == 0 ? 0 : 1;
    }
}

using System.Diagnostics;
using System.Globalization;
using MLNet.Sequence.Tests.Certificates;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Tries to break the proved bounds of memory: truncations of random networks, and pairs of states of random recurrent layers, both by hill
/// climbing over inputs and states. Prints the cases nearest to a bound; exit code 1 if a bound broke.
/// </summary>
internal static class CertificateSearchRun
{
    // One part in a hundred thousand for float32, in which pairs of states are run.
    private const double Limit = 1.00001;

    public static int Run(IReadOnlyList<string> args)
    {
        int cases = 100_000;
        if (args is ["--cases", var text])
            cases = int.Parse(text, CultureInfo.InvariantCulture);
        else if (args.Count > 0)
            throw new ArgumentException($"certificate-search accepts only --cases N; found {string.Join(' ', args)}.");
        bool truncations = Search("truncations", cases, CertificateSearch.Truncation, limit: 1);
        bool contractions = Search("pairs of states", cases, CertificateSearch.Contraction, Limit);
        return truncations && contractions ? 0 : 1;
    }

    private static bool Search(string name, int cases, Func<long, Finding?> attempt, double limit)
    {
        long start = Stopwatch.GetTimestamp();
        var worst = new Finding("none", 0);
        int compared = 0;
        for (int number = 1; number <= cases; number++)
        {
            if (attempt(number) is { } found)
            {
                compared++;
                worst = found.Ratio > worst.Ratio ? found : worst;
            }

            if (number % 10_000 == 0)
                Console.WriteLine(FormattableString.Invariant(
                    $"  {name}: {number} cases, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, nearest {worst.Ratio:F6}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"certificate-search: {name}: {cases} cases, {compared} with a bound that "
            + $"float32 can show; "
            + $"nearest to breaking: {worst.Ratio:F9} of the proved bound ({worst.Subject})"));
        return worst.Ratio <= limit;
    }
}

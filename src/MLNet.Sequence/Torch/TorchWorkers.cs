using System.Runtime.ExceptionServices;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Runs parts of a computation side by side, each with one thread of libtorch. All computations of the process share the cores: one that
/// starts while others run gets the cores that are left. What a part computes must not depend on which thread runs it.
/// </summary>
internal static class TorchWorkers
{
    private static int s_occupied;

    /// <summary>The cores that all computations share.</summary>
    public static int Cores { get; set; } = Environment.ProcessorCount;

    /// <summary>Marks a core as occupied by the calling thread until the scope is disposed.</summary>
    public static IDisposable Occupy() => new Occupied(1);

    /// <summary>Runs all parts, also on the calling thread, and waits for them.</summary>
    /// <param name="count">The number of parts.</param>
    /// <param name="most">The maximum number of threads, at least 1; fewer run if other computations occupy the cores.</param>
    /// <param name="part">Runs one part, from its number.</param>
    /// <exception cref="Exception">The exception of the first part, in order, that failed.</exception>
    public static void Run(int count, int most, Action<int> part)
    {
        int helpers = Math.Min(Math.Min(count, most), 1 + Cores - Volatile.Read(ref s_occupied)) - 1;
        if (helpers < 1)
        {
            for (int i = 0; i < count; i++)
                part(i);
            return;
        }

        var failures = new Exception?[count];
        using (new Occupied(helpers))
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = helpers + 1 }, (i, loop) =>
            {
                using TorchThreads one = TorchThreads.Use(1);
                try
                {
                    part(i);
                }
                catch (Exception failure)
                {
                    failures[i] = failure;
                    loop.Stop();
                }
            });
        }

        if (Array.Find(failures, failure => failure is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
    }

    private sealed class Occupied : IDisposable
    {
        private int _cores;

        public Occupied(int cores)
        {
            _cores = cores;
            Interlocked.Add(ref s_occupied, cores);
        }

        public void Dispose() => Interlocked.Add(ref s_occupied, -Interlocked.Exchange(ref _cores, 0));
    }
}

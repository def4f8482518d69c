using System.Runtime.ExceptionServices;

namespace MLNet.Sequence.Training;

/// <summary>Runs jobs that have nothing to do with each other on threads of their own, some at once.</summary>
internal static class SideBySide
{
    /// <summary>Runs all jobs; they are begun in their order.</summary>
    /// <param name="jobs">Each gets a token that is cancelled when another one failed.</param>
    /// <param name="atOnce">How many run at the same time, at most.</param>
    /// <param name="cancellation">Stops all.</param>
    /// <param name="begins">
    /// Asked of each job, in their order and by one thread at a time, before it is begun: whether it still is. Where one is not, none is after it.
    /// Null, the default: all are.
    /// </param>
    /// <returns>What the jobs gave, in their order; of those that were not begun nothing.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="Exception">That of the first job, in their order, that failed by itself.</exception>
    public static T[] Run<T>(
        IReadOnlyList<Func<CancellationToken, T>> jobs, int atOnce, CancellationToken cancellation, Func<int, bool>? begins = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var results = new T[jobs.Count];
        var failures = new Exception?[jobs.Count];
        int next = 0;
        int end = jobs.Count;
        Lock taking = new();
        int? Take()
        {
            lock (taking)
            {
                if (next < end && begins?.Invoke(next) == false)
                    end = next;
                return next < end && !stop.IsCancellationRequested ? next++ : null;
            }
        }

        void Work()
        {
            while (Take() is { } job)
            {
                try
                {
                    results[job] = jobs[job](stop.Token);
                }
                catch (Exception failure)
                {
                    failures[job] = failure;
                    stop.Cancel();
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Min(atOnce, jobs.Count)).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        cancellation.ThrowIfCancellationRequested();
        // A job that another's failure cancelled did not fail by itself.
        if ((failures.FirstOrDefault(failure => failure is not null and not OperationCanceledException) ?? failures.FirstOrDefault(
            failure => failure is not null)) is { } first)
            ExceptionDispatchInfo.Throw(first);
        return results;
    }
}

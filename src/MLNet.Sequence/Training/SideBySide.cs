using System.Runtime.ExceptionServices;

namespace MLNet.Sequence.Training;

/// <summary>Runs independent jobs on their own threads, several at the same time.</summary>
internal static class SideBySide
{
    /// <summary>Runs all jobs; they are started in order.</summary>
    /// <param name="jobs">Each gets a token that is cancelled when another job fails.</param>
    /// <param name="atOnce">The maximum number of jobs at the same time.</param>
    /// <param name="cancellation">Stops all jobs.</param>
    /// <param name="begins">
    /// Called for each job before its start, in order and by one thread at a time: whether to start it. After the first false, no job is
    /// started. Null, the default: all are started.
    /// </param>
    /// <returns>The results of the jobs, in order; the default value for jobs that were not started.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="Exception">The exception of the first job, in order, that failed on its own.</exception>
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
        // A job that was cancelled because another failed did not fail on its own.
        if ((failures.FirstOrDefault(failure => failure is not null and not OperationCanceledException) ?? failures.FirstOrDefault(
            failure => failure is not null)) is { } first)
            ExceptionDispatchInfo.Throw(first);
        return results;
    }
}

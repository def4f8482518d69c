using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Loss and metrics over a whole validation set; each batch counts with its weight, also the partial last one.</summary>
internal static class Validation
{
    /// <param name="network">The network.</param>
    /// <param name="job">The validation batches and the objective.</param>
    /// <param name="options">How to train.</param>
    /// <param name="ranks">Those that share the batches; their number changes no bit.</param>
    /// <param name="checkCancelled">Throws if validation must stop.</param>
    public static (double? Loss, Dictionary<string, double> Metrics) Measure(
        TorchNetwork network, TrainingJob job, TrainingOptions options, Ranks ranks, Action checkCancelled)
    {
        if (job.Validation is not { } source)
            return (null, []);
        IObjective objective = job.Objective.For(network.Parameters);
        long[][] batches = [.. source.Order(options.BatchSize, seed: null)];
        using TorchState? state = source.CarriesState ? new TorchState() : null;
        // Chunks follow each other, on one thread of one rank.
        int Owner(int batch) => state is null ? ranks.OwnerOf(batch, batches.Length) : 0;
        int[] own = [.. Enumerable.Range(0, batches.Length).Where(i => Owner(i) == ranks.Rank)];
        // A row for each batch: its weight, its loss, its metrics.
        int width = 2 + objective.Metrics.Count;
        var measured = new double[batches.Length * width];
        ranks.CheckCancelled(checkCancelled);
        TorchWorkers.Run(own.Length, state is null ? ranks.Threads : 1, k =>
        {
            ranks.WatchCancelled(checkCancelled);
            using var scope = NewDisposeScope();
            Measure(network, objective, source.Load(batches[own[k]], network.Device), state).CopyTo(measured, own[k] * width);
        });
        ranks.Share(measured, i => Owner(i / width));
        var sums = new double[width - 1];
        double weight = 0;
        foreach (double[] batch in measured.Chunk(width))
        {
            // A chunk with only leading steps, which do not count.
            if (batch[0] == 0)
                continue;
            for (int i = 0; i < sums.Length; i++)
                sums[i] += batch[0] * batch[1 + i];
            weight += batch[0];
        }

        return (sums[0] / weight, objective.Metrics.Select((metric, i) => (metric.Name, sums[1 + i] / weight)).ToDictionary());
    }

    private static double[] Measure(TorchNetwork network, IObjective objective, Batch batch, TorchState? state)
    {
        using var noGrad = no_grad();
        if (!batch.Continues)
            state?.Clear();
        var pass = new TorchPass { Lengths = batch.Lengths, Beside = batch.Beside, Targets = batch.Target, State = state };
        Tensor output = network.Forward(batch.Input, pass);
        return batch.Weight == 0 ? [] : [batch.Weight, objective.Loss(output, batch).item<float>(), .. objective.Measure(output, batch)];
    }
}

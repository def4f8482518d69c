using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Loss and metrics over a whole validation set; each batch counts with its weight, also the partial last one.</summary>
internal static class Validation
{
    /// <param name="network">The network.</param>
    /// <param name="job">The validation batches and the objective.</param>
    /// <param name="options">How to train.</param>
    /// <param name="threads">The maximum number of batches at the same time; it changes no bit.</param>
    /// <param name="checkCancelled">Throws if validation must stop.</param>
    public static (double? Loss, Dictionary<string, double> Metrics) Measure(
        TorchNetwork network, TrainingJob job, TrainingOptions options, int threads, Action checkCancelled)
    {
        if (job.Validation is not { } source)
            return (null, []);
        IObjective objective = job.Objective.For(network.Parameters);
        long[][] batches = [.. source.Order(options.BatchSize, seed: null)];
        var measured = new (double Weight, double Loss, double[] Metrics)[batches.Length];
        using TorchState? state = source.CarriesState ? new TorchState() : null;
        // Chunks follow each other.
        TorchWorkers.Run(batches.Length, state is null ? threads : 1, i =>
        {
            checkCancelled();
            using var scope = NewDisposeScope();
            measured[i] = Measure(network, objective, source.Load(batches[i], network.Device), state);
        });
        var sums = new double[objective.Metrics.Count];
        double loss = 0, weight = 0;
        foreach ((double Weight, double Loss, double[] Metrics) batch in measured)
        {
            // A chunk with only leading steps, which do not count.
            if (batch.Weight == 0)
                continue;
            loss += batch.Weight * batch.Loss;
            for (int i = 0; i < sums.Length; i++)
                sums[i] += batch.Weight * batch.Metrics[i];
            weight += batch.Weight;
        }

        return (loss / weight, objective.Metrics.Select((metric, i) => (metric.Name, sums[i] / weight)).ToDictionary());
    }

    private static (double Weight, double Loss, double[] Metrics) Measure(TorchNetwork network, IObjective objective, Batch batch, TorchState? state)
    {
        using var noGrad = no_grad();
        if (!batch.Continues)
            state?.Clear();
        var pass = new TorchPass { Lengths = batch.Lengths, Beside = batch.Beside, Targets = batch.Target, State = state };
        Tensor output = network.Forward(batch.Input, pass);
        return batch.Weight == 0 ? (0, 0, []) : (batch.Weight, objective.Loss(output, batch).item<float>(), objective.Measure(output, batch));
    }
}

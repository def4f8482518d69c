using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Loss and metrics over a whole validation set; each batch counts with its weight, also the partial last one.</summary>
internal static class Validation
{
    public static (double? Loss, Dictionary<string, double> Metrics) Measure(
        TorchNetwork network, TrainingJob job, TrainingOptions options, Action checkCancelled)
    {
        if (job.Validation is not { } source)
            return (null, []);
        IReadOnlyList<MetricInfo> metrics = job.Objective.Metrics;
        double loss = 0, weight = 0;
        var sums = new double[metrics.Count];
        using var noGrad = no_grad();
        using TorchState? state = source.CarriesState ? new TorchState() : null;
        foreach (long[] examples in source.Order(options.BatchSize, seed: null))
        {
            checkCancelled();
            using var scope = NewDisposeScope();
            Batch batch = source.Load(examples, network.Device);
            if (!batch.Continues)
                state?.Clear();
            var pass = new TorchPass { Lengths = batch.Lengths, Beside = batch.Beside, Targets = batch.Target, State = state };
            Tensor output = network.Forward(batch.Input, pass);
            // A chunk with only leading steps, which do not count.
            if (batch.Weight == 0)
                continue;
            loss += batch.Weight * job.Objective.Loss(output, batch).item<float>();
            double[] values = job.Objective.Measure(output, batch);
            for (int i = 0; i < sums.Length; i++)
                sums[i] += batch.Weight * values[i];
            weight += batch.Weight;
        }

        return (loss / weight, metrics.Select((metric, i) => (metric.Name, sums[i] / weight)).ToDictionary());
    }
}

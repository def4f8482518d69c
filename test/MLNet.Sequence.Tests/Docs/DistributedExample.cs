using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of the readme of MLNet.Sequence.Distributed, word for word, so that it is compiled.</summary>
internal static class DistributedExample
{
    public static void Run()
    {
        using Mpi cluster = Mpi.Start();
        var ml = new MLContext(seed: 1);
        float[] wave = [.. Enumerable.Range(0, 1_000).Select(t => MathF.Sin(t / 5f))];
        IDataView rows = ml.Data.LoadFromEnumerable(wave.Select(value => new { Wave = value }));
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 64 }, new ForecastingOptions
        {
            Targets = ["Wave"],
            Context = 24,
            Horizon = 4,
            Training = new TrainingOptions { Cluster = cluster, BatchSize = 64 },
        }).Fit(rows);
        if (cluster.Rank == 0)
            model.Model.Save("wave.sequence");
    }
}

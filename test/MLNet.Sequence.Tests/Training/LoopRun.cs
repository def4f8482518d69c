using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Runs the loop on a small network without ML.NET.</summary>
internal static class LoopRun
{
    public const long Seed = 11;

    public static TrainingJob Job(int examples = 50, int validation = 20) => new()
    {
        Training = new NoisySums(examples, seed: 1),
        Validation = validation == 0 ? null : new NoisySums(validation, seed: 2),
        Objective = new ForecastingObjective(),
        Seed = Seed,
    };

    public static TorchNetwork Network(double dropout = 0.2)
    {
        Layer backbone = new Lstm { HiddenSize = 5, Layers = 2, Dropout = dropout }.Build(NoisySums.Steps);
        var network = new Sequential(backbone, new LastStep(), new Dense(1));
        Weights first = Initializer.Draw(network.AllWeights(NoisySums.Features), new RandomStream(Seed));
        return new TorchNetwork(network, NoisySums.Features, torch.CPU, first);
    }

    public static (float[] Weights, TrainingReport Report) Run(TrainingOptions options, TrainingJob? job = null)
    {
        TorchRuntime.EnsureLoaded();
        using TorchNetwork network = Network();
        using var trainer = new Trainer(network, job ?? Job(), options);
        TrainingReport report = trainer.Run();
        return (Values(network), report);
    }

    public static float[] Values(TorchNetwork network) => network.Parameters.Values.data<float>().ToArray();
}

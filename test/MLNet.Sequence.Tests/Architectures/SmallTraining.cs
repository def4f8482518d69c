using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>Training of a case's backbone, with a dense layer on its last step, to distinguish eight random sequences.</summary>
internal sealed class SmallTraining
{
    private const int Sequences = 8;
    private readonly ArchitectureCase _case;
    private readonly Layer _network;

    public SmallTraining(ArchitectureCase @case) =>
        (_case, _network) = (@case, new Sequential(@case.Build(), new LastStep(), new Dense(1)));

    /// <summary>The weights after the last run.</summary>
    public Weights? Trained { get; private set; }

    /// <summary>Takes this many steps, each on all sequences, or fewer if the loss falls below a limit; returns the last loss.</summary>
    public double Run(int steps, double until = 0)
    {
        Weights first = Initializer.Draw(_network.AllWeights(ArchitectureCase.Inputs), new RandomStream(8));
        using NetworkProbe probe = NetworkProbe.InFloat32(_network, ArchitectureCase.Inputs, first);
        using var step = new GivenStep(probe.Network, new ForecastingObjective(), new TrainingOptions());
        SequenceBatch input = _case.Input(Sequences, seed: 12);
        double loss = double.PositiveInfinity;
        for (int i = 0; i < steps && loss > until; i++)
        {
            using var scope = NewDisposeScope();
            Tensor x = tensor(input.Floats, [Sequences, input.Steps, input.Channels]).clone().to(TestDevice.Current);
            Tensor target = tensor([1f, -1, -1, 1, -1, 1, 1, -1], [Sequences, 1]).to(TestDevice.Current);
            loss = step.Accumulate(new Batch(x, target, Sequences), 1, maskSeed: i);
            step.Advance(rate: 0.01);
        }

        Trained = probe.Network.ReadWeights();
        return loss;
    }
}

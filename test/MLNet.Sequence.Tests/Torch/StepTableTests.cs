using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Values that depend only on the step are computed once for a network.</summary>
[TestClass]
public sealed class StepTableTests
{
    [TestInitialize]
    public void Load() => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void Rows_are_made_once_and_again_only_for_more_than_twice_the_number()
    {
        int made = 0;
        using var table = new StepTable(step => { made++; return [step, 2 * step]; }, TestDevice.Current, ScalarType.Float32);
        using var scope = NewDisposeScope();
        foreach ((long steps, int expected) in new[] { (5L, 8), (8, 8), (1, 8), (9, 8 + 16), (3, 8 + 16), (16, 8 + 16) })
        {
            double[] rows = NetworkProbe.ToArray(table.First(steps));
            CollectionAssert.AreEqual(Enumerable.Range(0, (int)steps).SelectMany(step => new double[] { step, 2 * step }).ToArray(), rows);
            Assert.AreEqual(expected, made, $"{steps} steps");
        }
    }

    [TestMethod]
    public void Threads_share_it_while_it_grows()
    {
        using var table = new StepTable(step => [step], TestDevice.Current, ScalarType.Float32);
        Parallel.For(1, 200, steps =>
        {
            using var scope = NewDisposeScope();
            Assert.AreEqual(steps * (steps - 1) / 2.0, NetworkProbe.ToArray(table.First(steps)).Sum());
        });
    }

    [TestMethod]
    [DoNotParallelize]
    public void Layers_of_a_network_share_one_and_it_goes_with_the_network()
    {
        var positions = new Transformer { Channels = 8, Layers = 3, Heads = 2, Positions = PositionKind.Sinusoidal };
        foreach (Architecture architecture in new Architecture[] { positions, positions with { Positions = PositionKind.Rotary } })
        {
            Layer tree = architecture.Build(40);
            using var probe = NetworkProbe.InFloat32(tree, 3, NetworkProbe.RandomWeights(tree, 3, seed: 2));
            using var scope = NewDisposeScope();
            Tensor input = ones(2, 40, 3, device: TestDevice.Current);
            TorchParameters parameters = probe.Network.Parameters;
            Assert.AreSame(parameters.Table("turns of 4 channels", _ => []), parameters.Table("turns of 4 channels", _ => []));
            LiveTensors.AssertNoneLeft(
                () =>
                {
                    using var own = NetworkProbe.InFloat32(tree, 3, NetworkProbe.RandomWeights(tree, 3, seed: 2));
                    using var inner = NewDisposeScope();
                    own.Network.Forward(input, TorchPass.Scoring);
                },
                $"{architecture}");
        }
    }

    [TestMethod]
    public void What_scoring_has_made_serves_training()
    {
        foreach (PositionKind kind in new[] { PositionKind.Rotary, PositionKind.Sinusoidal })
        {
            Layer tree = new Transformer { Channels = 8, Layers = 1, Heads = 2, Positions = kind }.Build(16);
            using var network = new TorchNetwork(tree, 3, TestDevice.Current, NetworkProbe.RandomWeights(tree, 3, seed: 2));
            network.Score(new float[16 * 3], 1);
            using var scope = NewDisposeScope();
            network.Forward(ones(2, 16, 3, device: TestDevice.Current), TorchPass.Scoring).Square().sum().backward();
            Assert.IsGreaterThan(0, NetworkProbe.ToArray(network.Parameters.Gradients).Sum(Math.Abs), $"{kind}");
        }
    }
}

using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>The memory layout of weights: in the order of layers, each recurrent layer in its own storage, and weight decay by
/// parts.</summary>
[TestClass]
public sealed class TorchParametersTests
{
    private const int Inputs = 3;

    private static readonly Architecture[] Architectures =
        [new Lstm { HiddenSize = 4, Layers = 2 }, new Bidirectional(new Gru { HiddenSize = 3 }), new StableRnn { HiddenSize = 5 },
            new Tcn { Channels = 4, Levels = 2 }, new Transformer { Channels = 8, Layers = 1, Heads = 2 }];

    [TestMethod]
    public void Weights_are_in_the_order_of_the_layer_tree_and_layers_begin_at_multiples_of_256_bytes()
    {
        foreach (Layer tree in Trees())
        {
            using TorchNetwork network = Network(tree);
            long end = 0;
            string? before = null;
            foreach (WeightSpec spec in tree.AllWeights(Inputs))
            {
                string layer = spec.Name[..(spec.Name.LastIndexOf('.') + 1)];
                long start = network.Parameters[spec.Name].storage_offset();
                if (layer == before)
                    Assert.AreEqual(end, start, spec.Name);
                else
                    Assert.IsTrue(start >= end && start - end < 64 && start % 64 == 0, spec.Name);
                (before, end) = (layer, start + spec.Count);
            }

            Assert.AreEqual(end, network.Parameters.Values.numel());
        }
    }

    [TestMethod]
    public void The_weights_of_a_recurrent_layer_fill_one_storage_from_its_start()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        foreach ((Layer layer, Func<nn.Module> make) in new (Layer, Func<nn.Module>)[]
        {
            (new LstmLayer(4), () => nn.LSTM(5, 4, batchFirst: true, device: TestDevice.Current)),
            (new GruLayer(4), () => nn.GRU(5, 4, batchFirst: true, device: TestDevice.Current)),
            (new RnnLayer(4), () => nn.RNN(5, 4, batchFirst: true, device: TestDevice.Current)),
        })
        {
            var tree = new Sequential(new Dense(5), layer, new Dense(1));
            using var parameters = new TorchParameters(tree.AllWeights(Inputs), TestDevice.Current);
            parameters.Load(Initializer.Draw(tree.AllWeights(Inputs), new RandomStream(1)));
            nn.Module module = NativeRecurrence.Make(make, "1.", parameters, null);

            // The layout that cuDNN requires: w_ih, w_hh and the biases, one after the other, fill their storage from the first byte to the
            // last.
            (string Name, Tensor Value)[] own = [.. module.named_parameters().Select(own => (own.name, (Tensor)own.parameter))];
            CollectionAssert.AreEqual(new[] { "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0" }, own.Select(one => one.Name).ToArray());
            long next = 0;
            foreach ((string name, Tensor value) in own)
            {
                Assert.AreEqual(next, value.storage_offset(), $"{layer}: {name}");
                Assert.IsTrue(value.is_contiguous());
                next += value.numel();
            }

            Assert.AreEqual(1, own.Select(one => one.Value.storage<float>().data_ptr()).Distinct().Count(), $"{layer}");
            Assert.AreEqual((ulong)(4 * next), own[0].Value.storage<float>().nbytes(), $"{layer}");

            // They are still the weights that the optimiser changes, and their gradients are the ones that it reads.
            using (no_grad())
                parameters.Values.Mul_(2);
            foreach ((string name, Tensor value) in own)
            {
                string ours = $"1.{name[..^3]}";
                CollectionAssert.AreEqual(NetworkProbe.ToArray(parameters[ours]), NetworkProbe.ToArray(value), ours);
                value.Square().sum().backward();
                Close.AssertEqual([.. NetworkProbe.ToArray(value).Select(weight => 2 * weight)], NetworkProbe.ToArray(parameters[ours].grad!), 1e-6, ours);
            }
        }
    }

    [TestMethod]
    public void Decay_reaches_only_matrices_and_kernels_in_every_place()
    {
        const double rate = 0.1, decay = 0.5;
        foreach (Layer tree in Trees())
        {
            foreach (Optimizer optimizer in new Optimizer[] { new AdamW { WeightDecay = (float)decay }, new Sgd { WeightDecay = (float)decay } })
            {
                using TorchNetwork network = Network(tree);
                Weights before = network.ReadWeights();
                using OptimizerState state = optimizer.Start(network.Parameters);
                // Without a gradient, only decayed weights change, by the same amount in AdamW and in plain gradient descent.
                state.Step(rate);
                Weights after = network.ReadWeights();
                foreach (WeightSpec spec in tree.AllWeights(Inputs))
                {
                    double factor = spec.Decays ? 1 - rate * decay : 1;
                    Close.AssertEqual([.. before[spec.Name].Values.Select(value => factor * value)], Close.Doubles(after[spec.Name].Values), 1e-6,
                        $"{optimizer}, {spec.Name}");
                }

                Assert.AreEqual(tree.AllWeights(Inputs).Where(spec => spec.Decays).Sum(spec => spec.Count), DecayedWithoutGaps(network));
            }
        }
    }

    [TestMethod]
    public void Between_layers_zeros_stay_zeros()
    {
        Layer tree = Trees().First();
        using TorchNetwork network = Network(tree);
        using var step = new GivenStep(network, new ForecastingObjective(), new TrainingOptions { Optimizer = new Adam { WeightDecay = 0.1 } });
        for (int i = 0; i < 3; i++)
        {
            using var scope = NewDisposeScope();
            step.Accumulate(new Batch(ones(2, 5, Inputs), zeros(2, 1), 2), 1, i);
            step.Advance(0.1);
        }

        double weights = tree.AllWeights(Inputs).Sum(spec => NetworkProbe.ToArray(network.Parameters[spec.Name]).Sum(value => value * value));
        Assert.AreEqual(weights, NetworkProbe.ToArray(network.Parameters.Values).Sum(value => value * value), 1e-9 * weights);
    }

    private static IEnumerable<Layer> Trees() => Architectures.Select(architecture => new Sequential(architecture.Build(8), new LastStep(), new Dense(1)));

    private static TorchNetwork Network(Layer tree) => new(tree, Inputs, CPU, Initializer.Draw(tree.AllWeights(Inputs), new RandomStream(1)));

    // Neighbouring layers that both decay up to their ends are one part, including the gap between them.
    private static long DecayedWithoutGaps(TorchNetwork network) =>
        network.Parameters.Decayed.Sum(part => NetworkProbe.ToArray(part.Values).LongCount(value => value != 0));
}

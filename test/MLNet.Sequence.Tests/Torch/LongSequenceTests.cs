using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Long sequences in parts, where a library has a maximum length, and the memory that a pass holds meanwhile.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LongSequenceTests
{
    private const int Inputs = 3, Steps = 30;

    private static readonly Layer[] Recurrent = [new RnnLayer(4), new RnnLayer(4) { Activation = ActivationKind.Relu }, new GruLayer(4), new LstmLayer(4)];

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(29)]
    public void A_sequence_in_parts_has_the_outputs_the_state_and_the_gradients_of_the_whole(int longest)
    {
        foreach (Layer layer in Recurrent)
        {
            Pass whole = Run(layer, null), parts = Run(layer, longest);
            Close.AssertEqual(whole.Output, parts.Output, 1e-12, $"{layer}: outputs");
            Close.AssertEqual(whole.State, parts.State, 1e-12, $"{layer}: state");
            Close.AssertEqual(whole.Gradients, parts.Gradients, 1e-11, $"{layer}: gradients of weights");
            Close.AssertEqual(whole.InputGradients, parts.InputGradients, 1e-11, $"{layer}: gradients of inputs");
        }
    }

    [TestMethod]
    public void Warmed_up_parts_are_cut_as_well()
    {
        foreach (Layer layer in Recurrent)
        {
            using NetworkProbe probe = Probe(layer);
            SequenceBatch input = SequenceBatch.Random(2, 90, Inputs, seed: 4);
            Close.AssertEqual(
                probe.Forward(input, new TorchPass { WarmUp = 20 }).Values, probe.Forward(input, new TorchPass { WarmUp = 20, Longest = 11 }).Values, 1e-12,
                    $"{layer}");
        }
    }

    [TestMethod]
    public void A_native_layer_keeps_the_values_for_a_backward_pass_only_in_training()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var module = nn.GRU(Inputs, 4, batchFirst: true, device: TestDevice.Current);
        Tensor input = ones(2, 5, Inputs, device: TestDevice.Current);
        void Run()
        {
            NativeRecurrence.Run(module, (part, state) => (module.call(part, state?[0]).Item1, []), input, null, TorchPass.Scoring);
            Assert.AreEqual(is_grad_enabled(), module.training);
        }

        Run();
        using (no_grad())
            Run();
        using (inference_mode())
            Run();
        Run();
    }

    [TestMethod]
    public void More_sweeps_hold_no_more_tensors()
    {
        foreach (Layer layer in Recurrent)
        {
            using NetworkProbe probe = Probe(layer);
            Assert.AreEqual(Held(probe, new TorchPass { Sweeps = 2 }), Held(probe, new TorchPass { Sweeps = 20 }), $"{layer}");
        }
    }

    [TestMethod]
    public void Deeper_networks_hold_no_more_tensors()
    {
        static Layer Deep(int depth) => new Sequential([.. Enumerable.Range(0, depth).SelectMany(_ => new Layer[]
        {
            new Dense(4), new Activation(ActivationKind.Tanh), new Residual(new Sequential(new GruLayer(4), new MinGruLayer(4))), new Dropout(0.5),
        })]);
        using NetworkProbe shallow = Probe(Deep(1)), deep = Probe(Deep(5));
        Assert.AreEqual(Held(shallow, TorchPass.Scoring), Held(deep, TorchPass.Scoring));
        Assert.AreEqual(Held(shallow, new TorchPass { Dropout = new DropoutMasks(1) }), Held(deep, new TorchPass { Dropout = new DropoutMasks(1) }));
    }

    // Tensors that are alive at the end of a pass, before its scope ends.
    private static long Held(NetworkProbe probe, TorchPass pass)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor input = ones(2, 40, Inputs, ScalarType.Float64, TestDevice.Current);
        probe.Network.Forward(input, pass);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        probe.Network.Forward(input, pass);
        return Tensor.TotalCount - before;
    }

    private sealed record Pass(double[] Output, double[] State, double[] Gradients, double[] InputGradients);

    private static Pass Run(Layer layer, int? longest)
    {
        using NetworkProbe probe = Probe(layer);
        using var scope = NewDisposeScope();
        using var state = new TorchState();
        Tensor first = ones(2, 3, Inputs, ScalarType.Float64, TestDevice.Current);
        probe.Network.Forward(first, new TorchPass { State = state });
        Tensor input = tensor(SequenceBatch.Random(2, Steps, Inputs, seed: 4).Values, [2, Steps, Inputs]).to(TestDevice.Current).requires_grad_(true);
        Tensor output = probe.Network.Forward(input, new TorchPass { State = state, Longest = longest });
        output.Square().sum().backward();
        return new Pass(
            NetworkProbe.ToArray(output), [.. state.Tensors.Values.SelectMany(NetworkProbe.ToArray)], NetworkProbe.ToArray(probe.Network.Parameters.Gradients),
                NetworkProbe.ToArray(input.grad!));
    }

    private static NetworkProbe Probe(Layer layer) => new(layer, Inputs, NetworkProbe.RandomWeights(layer, Inputs, seed: 2));
}

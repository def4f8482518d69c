using System.Collections;
using System.Reflection;
using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Kernels leave nothing behind: no tensors, and no nodes in TorchSharp's list of those that libtorch's graphs hold.</summary>
[TestClass]
[DoNotParallelize]
public sealed class KernelOwnershipTests
{
    [TestMethod]
    public void A_pass_leaves_no_tensors_and_no_nodes()
    {
        Layer[] layers = [new LstmLayer(5), new GruLayer(5), new RnnLayer(5), new Sequential(new LstmLayer(4), new GruLayer(3)), Scans, Convolutions];
        foreach (Layer layer in layers)
        {
            foreach (bool continues in new[] { false, true })
            {
                var one = new RecurrentCase(layer, 2, 6, 3) { Continues = continues };
                int nodes = Nodes;
                LiveTensors.AssertNoneLeft(() => one.Run(TrainingKernels.Managed), $"{one}");
                Assert.AreEqual(nodes, Nodes, $"{one}");
            }
        }
    }

    [TestMethod]
    public void A_graph_that_no_backward_pass_runs_over_leaves_no_nodes()
    {
        var one = new RecurrentCase(new LstmLayer(5), 2, 6, 3);
        using NetworkProbe probe = one.Probe();
        int nodes = Nodes;
        LiveTensors.AssertNoneLeft(
            () =>
            {
                using var scope = NewDisposeScope();
                probe.Network.Forward(ones(2, 6, 3), new() { Kernels = TrainingKernels.Managed });
                Assert.AreEqual(nodes + 1, Nodes);
            },
            $"{one}");
        Assert.AreEqual(nodes, Nodes);
    }

    [TestMethod]
    public void A_pass_without_gradients_leaves_no_tensors_and_no_nodes()
    {
        foreach (Layer layer in new[] { Scans, Convolutions })
        {
            var one = new RecurrentCase(layer, 2, 6, 3);
            using NetworkProbe probe = one.Probe();
            int nodes = Nodes;
            LiveTensors.AssertNoneLeft(
                () =>
                {
                    using var scope = NewDisposeScope();
                    using var noGrad = no_grad();
                    probe.Network.Forward(ones(2, 6, 3), new() { Kernels = TrainingKernels.Managed });
                },
                $"{one}");
            Assert.AreEqual(nodes, Nodes);
        }
    }

    private static Sequential Scans => new(new MinGruLayer(5), new MinLstmLayer(4), new ParaGruLayer(3), new ParaLstmLayer(4), new LruLayer(3));

    private static Sequential Convolutions => new(
        new CausalConv(5, 3, 2) { WeightNormalized = true }, new Activation(ActivationKind.Relu), new CausalConv(4, 2));

    private static int Nodes => ((ICollection)typeof(autograd).GetNestedType("Node", BindingFlags.NonPublic)!
        .GetField("AliveNodes", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!).Count;
}

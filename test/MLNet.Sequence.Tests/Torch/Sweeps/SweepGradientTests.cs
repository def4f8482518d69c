using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>The gradients of layers that run in sweeps over all steps.</summary>
[TestClass]
public sealed class SweepGradientTests
{
    private static readonly Layer[] Layers =
    [
        new RnnLayer(6), new RnnLayer(6) { Activation = ActivationKind.Relu }, new GruLayer(6), new LstmLayer(6), new ParaGruLayer(6), new ParaLstmLayer(6),
    ];

    [TestMethod]
    public void As_many_sweeps_as_steps_have_the_gradients_of_the_layer()
    {
        foreach (Layer layer in Layers)
        {
            SweptRun expected = SweptRun.Of(layer, 1.5, steps: 40, TorchPass.Scoring);
            SweptRun.Of(layer, 1.5, steps: 40, new TorchPass { Sweeps = 40 }).AssertIs(expected, 1e-11, $"{layer}");
            SweptRun.Of(layer, 1.5, steps: 40, new TorchPass { Truncation = 40 }).AssertIs(expected, 1e-11, $"{layer}");
        }
    }

    [TestMethod]
    public void Of_layers_that_contract_fewer_sweeps_are_enough()
    {
        foreach (Layer layer in Layers)
        {
            SweptRun expected = SweptRun.Of(layer, 0.5, steps: 200, TorchPass.Scoring);
            SweptRun.Of(layer, 0.5, steps: 200, new TorchPass { Sweeps = 60 }).AssertIs(expected, 1e-9, $"{layer}");
        }
    }

    // 1, 2 and 3 stretches of sweeps, the last one whole or not.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(9)]
    [DataRow(11)]
    public void A_truncated_layer_has_the_gradients_of_its_windows(int steps)
    {
        foreach (Layer layer in Layers)
        {
            SweptRun found = SweptRun.Of(layer, 1.5, steps: 30, new TorchPass { Truncation = steps });
            found.AssertIs(SweptRun.OfWindows(layer, 1.5, steps: 30, steps), 1e-11, $"{layer}");
        }
    }
}

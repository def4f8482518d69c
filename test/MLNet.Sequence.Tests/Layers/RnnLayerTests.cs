using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class RnnLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new RnnLayer(4), 3, "weight_ih[4,3]", "weight_hh[4,4]", "bias_ih[4]", "bias_hh[4]"),
        Case(new RnnLayer(5) { Activation = ActivationKind.Relu }, 2, "weight_ih[5,2]", "weight_hh[5,5]", "bias_ih[5]", "bias_hh[5]"),
        Case(new RnnLayer(1) { Recurrent = RecurrentInitialization.Identity }, 2, "weight_ih[1,2]", "weight_hh[1,1]", "bias_ih[1]", "bias_hh[1]"),
    ];

    private static LayerCase Case(RnnLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}

using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class CausalConvTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new CausalConv(4, 3), 2, "weight[4,2,3]", "bias[4]") { Outputs = 4, Field = 3 },
        new(new CausalConv(2, 2, Dilation: 3), 3, "weight[2,3,2]", "bias[2]") { Outputs = 2, Field = 4 },
        new(new CausalConv(3, 3, Dilation: 2) { WeightNormalized = true }, 2, "weight_v[3,2,3]", "weight_g[3]", "bias[3]") { Outputs = 3, Field = 5 },
        new(new CausalConv(3, 1), 2, "weight[3,2,1]", "bias[3]") { Outputs = 3 },
    ];

    [TestMethod]
    public void The_length_of_v_has_no_effect_under_weight_normalisation()
    {
        var layer = new CausalConv(4, 3) { WeightNormalized = true };
        var @case = new LayerCase(layer, 2) { Outputs = 4 };
        var doubled = new Weights();
        foreach (Weight weight in @case.RandomWeights())
            doubled.Add(weight.Name == "weight_v" ? weight with { Values = [.. weight.Values.Select(value => 2 * value)] } : weight);
        using Torch.NetworkProbe one = @case.Probe(), two = new(layer, 2, doubled);
        Close.AssertEqual(one.Forward(@case.Input(2)), two.Forward(@case.Input(2)), 1e-14, "v and 2 v");
    }
}

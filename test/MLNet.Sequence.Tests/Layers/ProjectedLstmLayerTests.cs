using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ProjectedLstmLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new ProjectedLstmLayer(4, 2), 3, "weight_ih[16,3]", "weight_hh[16,2]", "bias_ih[16]", "bias_hh[16]", "weight_hr[2,4]"),
        Case(new ProjectedLstmLayer(3, 3) { ForgetBias = 1 }, 2, "weight_ih[12,2]", "weight_hh[12,3]", "bias_ih[12]", "bias_hh[12]", "weight_hr[3,3]"),
    ];

    [TestMethod]
    public void With_the_identity_as_its_projection_it_is_the_LSTM()
    {
        var layer = new ProjectedLstmLayer(3, 3);
        Weights weights = NetworkProbe.RandomWeights(layer, 2, seed: 5), same = new(), plain = new();
        foreach (Weight weight in weights)
        {
            bool isProjection = weight.Name == "weight_hr";
            same.Add(isProjection ? weight with { Values = new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 } } : weight);
            if (!isProjection)
                plain.Add(weight);
        }

        SequenceBatch input = SequenceBatch.Random(1, 9, 2, seed: 2);
        using NetworkProbe projected = NetworkProbe.InFloat32(layer, 2, same), lstm = NetworkProbe.InFloat32(new LstmLayer(3), 2, plain);
        Close.AssertEqual(lstm.Forward(input), projected.Forward(input), 1e-5, "libtorch's LSTM");
    }

    private static LayerCase Case(ProjectedLstmLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.ProjectionSize, Field = null };
}

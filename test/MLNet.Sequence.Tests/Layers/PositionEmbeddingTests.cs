using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class PositionEmbeddingTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
        [.. new[] { LayerCase.Steps, 20 }.Select(positions => new LayerCase(new PositionEmbedding(positions), 3, $"weight[{positions},3]")
        {
            Outputs = 3,
            Field = null,
            CountsSteps = true,
        })];

    [TestMethod]
    public void Steps_after_the_last_position_have_its_vector()
    {
        var @case = new LayerCase(new PositionEmbedding(2), 3, "weight[2,3]") { Outputs = 3 };
        SequenceBatch input = @case.Input(rows: 1);
        double[] expected = [.. PlainLayers.Run(@case.Layer, input.RowSteps(0), new PlainWeights(@case.RandomWeights())).SelectMany(step => step)];
        using NetworkProbe probe = @case.Probe();
        Close.AssertEqual(expected, probe.Forward(input), 1e-12, "libtorch");
        Close.AssertEqual(expected, Close.Doubles(new ManagedNetwork(@case.Layer, 3, @case.RandomWeights()).Run(input.Floats)), 1e-6, "plain C#");
    }
}

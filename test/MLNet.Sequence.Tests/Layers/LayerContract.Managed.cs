using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>The same layers in plain C#.</summary>
public abstract partial class LayerContract
{
    [TestMethod]
    public void Whole_sequences_in_plain_CSharp_are_those_of_the_plain_formula() => ForEach(@case =>
    {
        var network = new ManagedNetwork(@case.Layer, @case.Inputs, @case.RandomWeights());
        Assert.AreEqual(@case.Outputs, network.OutputSize, $"{@case}");
        SequenceBatch input = @case.Input(rows: 1);
        Close.AssertEqual(Expected(@case, input), Doubles(network.Run(input.Floats)), 5e-6, $"{@case}");
    });

    [TestMethod]
    public void Steps_in_plain_CSharp_are_those_of_the_plain_formula() => ForEach(@case =>
    {
        var network = new ManagedNetwork(@case.Layer, @case.Inputs, @case.RandomWeights());
        if (!network.CanStep)
        {
            Assert.ThrowsExactly<NotSupportedException>(
                () => network.Step(new float[@case.Inputs], new float[@case.Outputs], new float[network.StateSize]));
            return;
        }

        SequenceBatch input = @case.Input(rows: 1);
        var state = new float[network.StateSize];
        var output = new float[LayerCase.Steps * @case.Outputs];
        for (int step = 0; step < LayerCase.Steps; step++)
            network.Step(input.Floats.AsSpan(step * @case.Inputs, @case.Inputs), output.AsSpan(step * @case.Outputs, @case.Outputs), state);
        double[] expected = Expected(@case, input);
        Close.AssertEqual(expected, Doubles(output[^expected.Length..]), 5e-6, $"{@case}");
    });

    [TestMethod]
    public void Sequences_in_plain_CSharp_have_the_same_bits_alone_and_among_others() => ForEach(@case =>
    {
        const int rows = 7;
        var network = new ManagedNetwork(@case.Layer, @case.Inputs, @case.RandomWeights());
        float[] input = @case.Input(rows).Floats, together = network.Score(input, rows);
        float[] alone = [.. input.Chunk(input.Length / rows).SelectMany(row => network.Run(row))];
        CollectionAssert.AreEqual(Bits(alone), Bits(together), $"{@case}");
    });

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static double[] Expected(LayerCase @case, SequenceBatch input) =>
        [.. PlainLayers.Run(@case.Layer, input.RowSteps(0), new PlainWeights(@case.RandomWeights())).SelectMany(step => step)];

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}

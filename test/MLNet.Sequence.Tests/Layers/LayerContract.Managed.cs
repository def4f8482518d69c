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

    [TestMethod]
    public void Any_steps_in_plain_CSharp_have_the_bits_of_the_whole_sequence() => ForEach(@case =>
    {
        float[] input = @case.Input(rows: 1).Floats;
        var layer = IManagedLayer.Create(@case.Layer, @case.Inputs, "", @case.RandomWeights());
        int steps = input.Length / @case.Inputs, given = layer.OutputSteps(steps), width = layer.OutputSize;
        var whole = new float[given * width];
        layer.Run(input, whole, steps);
        var random = new RandomStream(7);
        for (int round = 0; round < 12; round++)
        {
            int[] wanted = [.. Enumerable.Range(0, given).Where(_ => round == 0 || random.NextDouble() < 0.3)];
            if (wanted.Length == 0)
                wanted = [given - 1];
            ISelectedLayer selected = layer.Select(wanted, steps);
            float[] read = [.. selected.Reads.SelectMany(step => input[(step * @case.Inputs)..][..@case.Inputs])];
            float[] output = new float[wanted.Length * width], work = new float[selected.WorkSize];
            // A working space holds what another network left in it.
            Array.Fill(work, float.NaN);
            selected.Run(read, output, work);
            float[] expected = [.. wanted.SelectMany(step => whole[(step * width)..][..width])];
            CollectionAssert.AreEqual(Bits(expected), Bits(output), $"{@case}: steps {string.Join(", ", wanted)}");
        }
    });

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static double[] Expected(LayerCase @case, SequenceBatch input) =>
        [.. PlainLayers.Run(@case.Layer, input.RowSteps(0), new PlainWeights(@case.RandomWeights())).SelectMany(step => step)];

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}

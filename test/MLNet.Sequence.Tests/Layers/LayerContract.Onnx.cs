using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>The same layers in ONNX Runtime.</summary>
public abstract partial class LayerContract
{
    // ONNX Runtime approximates exponentials to about 1e-6.
    private const double OnnxRounding = 1e-5;

    [TestMethod]
    [DataRow(17)]
    [DataRow(12)]
    public void Whole_sequences_in_ONNX_are_those_of_libtorch(int operatorSet) => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        using OnnxProbe onnx = Onnx(@case, operatorSet);
        foreach ((int rows, int steps) in new[] { (1, 1), (1, 2), (5, LayerCase.Steps), (2, 4 * LayerCase.Steps) })
        {
            SequenceBatch input = @case.Input(rows, seed: steps, steps);
            Close.AssertEqual(probe.Forward(input), onnx.Run(input), OnnxRounding, $"{@case}: {rows} rows of {steps} steps");
        }
    });

    [TestMethod]
    public void Padding_in_ONNX_does_not_change_valid_steps() => ForEach(@case =>
    {
        using OnnxProbe onnx = Onnx(@case);
        SequenceBatch padded = @case.Input(rows: 3);
        long[] lengths = [LayerCase.Steps, 1, 4];
        double[][] outputs = [.. onnx.Run(padded, lengths).Chunk((@case.KeepsTime ? LayerCase.Steps : 1) * @case.Outputs)];
        for (int row = 0; row < lengths.Length; row++)
        {
            int steps = (int)lengths[row];
            double[] alone = onnx.Run(new SequenceBatch(1, steps, @case.Inputs, padded.Row(row).Values[..(steps * @case.Inputs)]));
            Close.AssertEqual(alone, outputs[row][..alone.Length], OnnxRounding, $"{@case}: {steps} valid steps");
        }
    });

    [TestMethod]
    public void Steps_in_ONNX_are_those_of_libtorch_where_the_layer_can_be_stepped() => ForEach(@case =>
    {
        using OnnxProbe onnx = Onnx(@case);
        if (!new ManagedNetwork(@case.Layer, @case.Inputs, @case.RandomWeights()).CanStep)
        {
            string message = Assert.ThrowsExactly<NotSupportedException>(() => onnx.Stream(1)).Message;
            StringAssert.Contains(message, "step by step");
            return;
        }

        using NetworkProbe probe = @case.Probe();
        SequenceBatch input = @case.Input(rows: 5, seed: 2, steps: 3 * LayerCase.Steps);
        double[] expected = probe.Forward(input), steps = onnx.Steps(input);
        if (!@case.KeepsTime)
            steps = [.. steps.Chunk(input.Steps * @case.Outputs).SelectMany(row => row[^@case.Outputs..])];
        Close.AssertEqual(expected, steps, OnnxRounding, $"{@case}");
    });

    private static OnnxProbe Onnx(LayerCase @case, int operatorSet = 17) =>
        new(@case.Layer, @case.Inputs, @case.RandomWeights(), @case.KeepsTime, operatorSet);
}

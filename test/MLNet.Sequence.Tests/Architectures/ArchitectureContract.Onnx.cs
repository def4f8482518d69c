using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>The same architectures in ONNX Runtime: parity with libtorch, whole and step by step, and the contract of the state.</summary>
public abstract partial class ArchitectureContract
{
    [TestMethod]
    public void ONNX_gives_the_outputs_of_libtorch_whole_and_step_by_step() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        using OnnxProbe onnx = Onnx(@case);
        foreach ((int rows, int steps) in new[] { (1, 1), (5, 2), (5, @case.Context), (1, 3 * @case.Context + 1), (5, 3 * @case.Context + 1) })
        {
            var input = SequenceBatch.Random(rows, steps, Inputs, seed: steps);
            double[] expected = probe.Forward(input);
            Close.AssertEqual(expected, onnx.Run(input), Parity, $"{@case}: {rows} rows of {steps} steps at once");
            if (@case.Architecture.IsCausal)
                Close.AssertEqual(expected, onnx.Steps(input), Parity, $"{@case}: {rows} rows of {steps} steps one by one");
        }
    });

    [TestMethod]
    public void Padding_in_ONNX_does_not_change_valid_steps() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        using OnnxProbe onnx = Onnx(@case);
        long[] lengths = [@case.Context, 1, @case.Context / 2];
        SequenceBatch padded = @case.Input(lengths.Length);
        double[][] outputs = [.. onnx.Run(padded, lengths).Chunk(@case.Context * Width(@case))];
        for (int row = 0; row < lengths.Length; row++)
        {
            int steps = (int)lengths[row];
            var alone = new SequenceBatch(1, steps, Inputs, padded.Row(row).Values[..(steps * Inputs)]);
            Close.AssertEqual(probe.Forward(alone), outputs[row][..(steps * Width(@case))], Parity, $"{@case}: {steps} valid steps");
        }
    });

    [TestMethod]
    public void In_ONNX_a_restored_state_continues_as_the_original_and_streams_do_not_meet() => ForEachStream(@case =>
    {
        using OnnxProbe onnx = Onnx(@case);
        SequenceBatch first = @case.Input(rows: 1), second = @case.Input(rows: 1, seed: 2);
        OnnxStream stream = onnx.Stream(1), other = onnx.Stream(1);
        onnx.Steps(first, stream);
        OnnxStream copy = stream.Copy();
        double[] expected = onnx.Steps(second, stream);
        // Two streams in turn, step by step.
        double[] turns = [.. Enumerable.Range(0, @case.Context).SelectMany(step =>
        {
            onnx.Steps(first.Step(step), other);
            return onnx.Steps(second.Step(step), copy);
        })];
        CollectionAssert.AreEqual(expected, turns, $"{@case}");
    });

    private static OnnxProbe Onnx(ArchitectureCase @case) => new(@case.Build(), Inputs, @case.FirstWeights());
}

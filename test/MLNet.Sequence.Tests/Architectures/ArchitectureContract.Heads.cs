using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>The same architectures with the head of every task for rows that hold a sequence.</summary>
public abstract partial class ArchitectureContract
{
    private static readonly SequenceInput Input = new() { Columns = ["x"], Scalars = false, Features = Inputs };

    [TestMethod]
    public void With_every_head_padding_and_neighbours_change_no_row_and_plain_CSharp_gives_the_same() => ForEach(@case =>
    {
        foreach (SequenceTask task in Tasks(@case).Where(task => @case.Architecture.IsCausal || task is not NextStep))
        {
            NetworkPlan network = SequenceModel.BuildNetwork(@case.Architecture, task);
            Weights weights = NetworkProbe.RandomWeights(network, seed: 6);
            using var probe = NetworkProbe.InFloat32(network, weights);
            var managed = new ManagedNetwork(network, weights);
            long[] lengths = [@case.Context, 1, @case.Context / 2];
            SequenceBatch padded = @case.Input(lengths.Length);
            double[] outputs = probe.Forward(padded, lengths);
            double[][] together = [.. outputs.Chunk(outputs.Length / lengths.Length)];
            for (int row = 0; row < lengths.Length; row++)
            {
                int steps = (int)lengths[row];
                var alone = new SequenceBatch(1, steps, Inputs, padded.Row(row).Values[..(steps * Inputs)]);
                double[] expected = probe.Forward(alone);
                string what = $"{@case} with the head of {task.GetType().Name}, {steps} valid steps";
                Close.AssertEqual(expected, together[row][..expected.Length], 1e-5, what);
                Close.AssertEqual(expected, Doubles(managed.Run(alone.Floats)), Parity, $"{what}, in plain C#");
            }
        }
    });

    private static IEnumerable<SequenceTask> Tasks(ArchitectureCase @case)
    {
        foreach (PoolingKind pooling in Enum.GetValues<PoolingKind>())
            yield return new SequenceClassification { Input = Input, Pooling = pooling, LongestSequence = @case.Context, Classes = 3 };
        yield return new SequenceBinaryClassification { Input = Input, Pooling = PoolingKind.Max, LongestSequence = @case.Context };
        yield return new SequenceRegression
        {
            Input = Input,
            Pooling = PoolingKind.Mean,
            LongestSequence = @case.Context,
            LabelScaling = new ChannelScaling([1, 2], [3, 4]),
            IsVector = true
        };
        foreach (TagDecoding decoding in Enum.GetValues<TagDecoding>())
            yield return new SequenceTagging { Input = Input, LongestSequence = @case.Context, Tags = 4, Decoding = decoding };
        yield return new NextStep { Input = Input, Kind = StepKind.Real, LongestSequence = @case.Context + 1 };
    }
}

using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence.ByTask;

/// <summary>Next steps: an example is a step, with all steps before it.</summary>
internal sealed class NextStepRoom(NextStep task) : TaskRoom
{
    public override SequenceTransformer Transformer(IHostEnvironment environment, SequenceModel model) => new NextStepTransformer(environment, model);

    public override IReadOnlyList<MemoryExample> Examples(MeasuredModel of, IDataView data)
    {
        if (task.Input.Conditions is { } conditions)
            throw new NotSupportedException($"The memory of a model that is conditioned on {conditions.Description} cannot be measured yet: measure one "
                + "that was trained without StaticColumnNames and KnownColumnName.");
        using HostCancellation cancellation = of.Host.LinkCancellation(of.Options.CancellationToken);
        new SequenceBinding(of.Host).Check(data.Schema, task.Input);
        SequenceSet set = SequenceSetReader.Read(data, task.Input, (task.Kind, Fewest: 2, SamplingKey: null), cancellation);
        // A step is predicted from at least one before it.
        long[] ends = [.. Enumerable.Range(0, set.Count).Select(row => set.Length(row) - 1L)];
        for (int row = 1; row < ends.Length; row++)
            ends[row] += ends[row - 1];
        long count = ends.Length == 0 ? 0 : ends[^1];
        if (count < 2)
            throw new InvalidOperationException($"The data has {count} steps to predict; to measure memory, at least 2 are needed.");
        return [.. of.Spread(count).Select(step => Step(of, (set, ends), step))];
    }

    private static MemoryExample Step(MeasuredModel of, (SequenceSet Set, long[] Ends) rows, long index)
    {
        (SequenceSet set, long[] ends) = rows;
        int row = Array.FindIndex(ends, end => index < end);
        int before = (int)(index - (row == 0 ? 0 : ends[row - 1])) + 1;
        float[] sequence = of.Sequence(set, row, before + 1);
        int features = set.Features;
        return new MemoryExample(sequence[..^features], sequence[^features..]);
    }
}

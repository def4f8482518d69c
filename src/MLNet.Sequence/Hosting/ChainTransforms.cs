using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// The fitted transforms of a chain before its trainer, which get to know only the training rows. Their views remember them, so other rows can
/// be passed through the same transforms.
/// </summary>
internal static class ChainTransforms
{
    /// <summary>
    /// Passes rows through the transforms that the training rows passed through. Transforms that the rows already went through, and rows that do not
    /// have the columns before them, are left as they are. After a cache the transforms are not known.
    /// </summary>
    /// <param name="host">The host, for its log.</param>
    /// <param name="trained">The training rows as the trainer gets them.</param>
    /// <param name="other">Other rows, as they were before the chain.</param>
    public static IDataView Apply(SequenceHost host, IDataView trained, IDataView other)
    {
        IDataTransform[] transforms = Fitted(trained);
        IDataView source = transforms.Length == 0 ? trained : transforms[0].Source;
        if (!source.Schema.All(column => other.Schema.GetColumnOrNull(column.Name) is { } same && same.Type.Equals(source.Schema[column.Name].Type)))
            return other;
        transforms = [.. transforms.Skip(Shared(transforms, All(other)))];
        if (transforms.Length == 0)
            return other;
        IDataView passed = transforms.Aggregate(other, (rows, transform) => ApplyTransformUtils.ApplyTransformToData(host.Environment, transform, rows));
        using HostChannel channel = host.Start("Validation");
        channel.Info($"The validation set was passed through the transforms before the trainer: {string.Join(", ", transforms.Select(KindOf))}.");
        return passed;
    }

    // Those between the trainer and the first view that chooses rows, in their order.
    private static IDataTransform[] Fitted(IDataView data)
    {
        var all = new Stack<IDataTransform>();
        for (IDataView view = data; view is IDataTransform transform && IsMapping(transform); view = transform.Source)
            all.Push(transform);
        // The column by which ML.NET drew the rows is dropped after that: a part of the split.
        if (all.TryPeek(out IDataTransform? first) && first.Source is RangeFilter)
            all.Pop();
        return [.. all];
    }

    private static IDataTransform[] All(IDataView data)
    {
        var all = new Stack<IDataTransform>();
        for (IDataView view = data; view is IDataTransform transform; view = transform.Source)
        {
            if (IsMapping(transform))
                all.Push(transform);
        }

        return [.. all];
    }

    private static bool IsMapping(IDataTransform view) => view is RowToRowMapperTransform || view.GetType().DeclaringType == typeof(ColumnSelectingTransformer);

    // The number of first transforms that are also the last ones of other rows.
    private static int Shared(IDataTransform[] transforms, IDataTransform[] other)
    {
        string[] kinds = [.. transforms.Select(KindOf)], others = [.. other.Select(KindOf)];
        return Enumerable.Range(0, Math.Min(kinds.Length, others.Length) + 1).Last(count => kinds.Take(count).SequenceEqual(others.TakeLast(count)));
    }

    private static string KindOf(IDataTransform view) =>
        view is RowToRowMapperTransform mapping ? mapping.GetTransformer().GetType().Name : nameof(ColumnSelectingTransformer);
}

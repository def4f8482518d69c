using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.Sequence.Hosting;

/// <summary>Rows that ML.NET drew or mixed at random: its views tell so, as long as the rows were not copied since.</summary>
internal static class RandomParts
{
    // The beginning of the name that ML.NET gives to the column by which it draws rows.
    private const string SplitColumn = "SplitColumn";

    /// <summary>Whether the rows were shuffled (<c>ml.Data.ShuffleRows</c>).</summary>
    public static bool IsShuffled(IDataView data) => Views(data).Any(view => view is RowShufflingTransformer);

    /// <summary>
    /// The rows from which <c>TrainTestSplit</c>, <c>CrossValidationSplit</c> or <c>CrossValidate</c> drew these, with the column by whose values it drew;
    /// null: these rows were not drawn.
    /// </summary>
    public static DrawnRows? Find(IDataView data) => Views(data).OfType<RangeFilter>().Select(filter => filter.Source)
        .SelectMany(rows => rows.Schema.Where(column => column.Name.StartsWith(SplitColumn, StringComparison.Ordinal))
            .Select(column => new DrawnRows(rows, column) { IsByRow = rows is GenerateNumberTransform }))
        .FirstOrDefault();

    /// <summary>ML.NET's pair of training and test rows.</summary>
    public static DataOperationsCatalog.TrainTestData Pair(IDataView train, IDataView test) => new(train, test);

    /// <summary>ML.NET's result of a fold.</summary>
    public static TrainCatalogBase.CrossValidationResult<T> Result<T>(ITransformer model, T metrics, IDataView scored, int fold)
        where T : class => new(model, metrics, scored, fold);

    private static IEnumerable<IDataView> Views(IDataView data)
    {
        for (IDataView? view = data; view is not null; view = (view as IDataTransform)?.Source)
            yield return view;
    }
}

/// <summary>All rows, of which ML.NET drew a part.</summary>
/// <param name="Rows">The rows before some were drawn.</param>
/// <param name="Split">The column: rows with the same value are in the same part.</param>
internal sealed record DrawnRows(IDataView Rows, DataViewSchema.Column Split)
{
    /// <summary>Whether each row was drawn independently, not by the value of a column of the user.</summary>
    public bool IsByRow { get; init; }
}

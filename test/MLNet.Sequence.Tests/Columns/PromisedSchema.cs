using Microsoft.ML;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>Compares the schema that an estimator promises with the schema that its transformer delivers.</summary>
internal static class PromisedSchema
{
    public static SchemaShape Of(DataViewSchema schema) => SchemaShapes.Of(schema);

    public static void MustBeDelivered(SchemaShape promised, DataViewSchema delivered)
    {
        string[] expected = [.. promised.Select(Describe).Order(StringComparer.Ordinal)];
        string[] found = [.. SchemaShapes.Of(delivered).Select(Describe).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(expected, found, $"Promised {string.Join("; ", expected)}; delivered {string.Join("; ", found)}.");
    }

    private static string Describe(SchemaShape.Column column) =>
        $"{column.Name}: {column.Kind} {column.ItemType} {column.IsKey} "
            + $"[{string.Join(", ", column.Annotations.Select(annotation => $"{annotation.Name} {annotation.ItemType}").Order(StringComparer.Ordinal))}]";
}

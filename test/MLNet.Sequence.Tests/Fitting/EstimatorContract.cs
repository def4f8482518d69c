using Microsoft.ML;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Fitting;

/// <summary>ML.NET's requirements for every estimator, checked on real data.</summary>
internal static class EstimatorContract
{
    /// <summary>Promised schema, delivered schema, and the same values after a save and a load. Returns the values.</summary>
    public static int[] Holds(MLContext ml, IEstimator<ITransformer> estimator, IDataView data, params string[] columns)
    {
        string[] promised = Describe(estimator.GetOutputSchema(SchemaShapes.Of(data.Schema)));
        ITransformer fitted = estimator.Fit(data);
        IDataView scored = fitted.Transform(data);
        CollectionAssert.AreEqual(promised, Describe(SchemaShapes.Of(fitted.GetOutputSchema(data.Schema))));
        CollectionAssert.AreEqual(promised, Describe(SchemaShapes.Of(scored.Schema)));

        using var file = new MemoryStream();
        ml.Model.Save(fitted, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema saved);
        CollectionAssert.AreEqual(Describe(SchemaShapes.Of(data.Schema)), Describe(SchemaShapes.Of(saved)));
        IDataView again = loaded.Transform(data);
        CollectionAssert.AreEqual(promised, Describe(SchemaShapes.Of(again.Schema)));

        int[] values = Values(scored, columns);
        CollectionAssert.AreEqual(values, Values(again, columns));
        return values;
    }

    /// <summary>GetOutputSchema and Fit refuse an incomplete schema with the same message.</summary>
    public static void Refuses(IEstimator<ITransformer> estimator, IDataView data, params string[] parts)
    {
        Exception promised = Assert.Throws<ArgumentOutOfRangeException>(() => estimator.GetOutputSchema(SchemaShapes.Of(data.Schema)));
        Exception fitted = Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(data));
        foreach (string part in parts)
        {
            StringAssert.Contains(promised.Message, part);
            StringAssert.Contains(fitted.Message, part);
        }
    }

    private static int[] Values(IDataView view, string[] columns) =>
        [.. columns.SelectMany(column => TinyForecasting.Bits(TinyForecasting.Column(view, column)))];

    private static string[] Describe(SchemaShape shape) =>
        [.. shape.Select(Describe).Order(StringComparer.Ordinal)];

    private static string Describe(SchemaShape.Column column) =>
        $"{column.Name}: {column.Kind} {column.ItemType} {(column.IsKey ? "key" : "")} [{string.Join("; ", Describe(column.Annotations))}]";
}

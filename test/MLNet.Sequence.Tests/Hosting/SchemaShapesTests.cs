using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Tests.Hosting;

[TestClass]
public sealed class SchemaShapesTests
{
    [TestMethod]
    public void Promised_columns_equal_those_of_real_data()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("scalar", NumberDataViewType.Single);
        schema.AddColumn("vector", new VectorDataViewType(NumberDataViewType.Single, 3));
        schema.AddColumn("variable", new VectorDataViewType(NumberDataViewType.Double));
        schema.AddColumn("key", new KeyDataViewType(typeof(uint), 5));

        SchemaShape real = SchemaShapes.Of(schema.ToSchema());

        CollectionAssert.AreEqual(Describe(real), Describe(new SchemaShape(
        [
            SchemaShapes.Scalar("scalar", NumberDataViewType.Single),
            SchemaShapes.Vector("vector", NumberDataViewType.Single),
            SchemaShapes.VariableVector("variable", NumberDataViewType.Double),
            SchemaShapes.Key("key"),
        ])));
    }

    [TestMethod]
    public void Annotations_are_promised_by_name_and_type()
    {
        SchemaShape.Column scores = SchemaShapes.Vector("Forecast", NumberDataViewType.Single, SchemaShapes.SlotNames());

        SchemaShape.Column names = SchemaShapes.Find(scores.Annotations, "SlotNames")!.Value;
        Assert.AreEqual("Vector<String>", SchemaShapes.TypeOf(names));
        Assert.IsEmpty(SchemaShapes.Scalar("x", NumberDataViewType.Single).Annotations);
    }

    [TestMethod]
    public void An_added_column_takes_the_place_of_its_namesake()
    {
        var input = new SchemaShape(
        [
            SchemaShapes.Scalar("a", NumberDataViewType.Single),
            SchemaShapes.Scalar("b", NumberDataViewType.Single),
        ]);

        SchemaShape output = SchemaShapes.With(input, SchemaShapes.Key("a"), SchemaShapes.Scalar("c", NumberDataViewType.Int64));

        CollectionAssert.AreEqual(new[] { "a Key<UInt32>", "b Single", "c Int64" }, Describe(output));
        Assert.IsNull(SchemaShapes.Find(output, "d"));
    }

    private static string[] Describe(SchemaShape shape) =>
        [.. shape.Select(column => $"{column.Name} {SchemaShapes.TypeOf(column)}")];
}

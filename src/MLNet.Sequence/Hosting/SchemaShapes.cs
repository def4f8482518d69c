using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// Makes the columns that an estimator promises in <c>GetOutputSchema(SchemaShape)</c>;
/// ML.NET does not make their constructor public.
/// </summary>
internal static class SchemaShapes
{
    /// <summary>A column with one number, text, time or the like per row.</summary>
    public static SchemaShape.Column Scalar(string name, DataViewType item, params SchemaShape.Column[] annotations) =>
        new(name, VectorKind.Scalar, item, isKey: false, Annotations(annotations));

    /// <summary>A column with a vector of the same length in every row.</summary>
    public static SchemaShape.Column Vector(string name, DataViewType item, params SchemaShape.Column[] annotations) =>
        new(name, VectorKind.Vector, item, isKey: false, Annotations(annotations));

    /// <summary>A column with a vector whose length may differ from row to row.</summary>
    public static SchemaShape.Column VariableVector(string name, DataViewType item, params SchemaShape.Column[] annotations) =>
        new(name, VectorKind.VariableVector, item, isKey: false, Annotations(annotations));

    /// <summary>A column with one key per row, of ML.NET's usual raw type.</summary>
    public static SchemaShape.Column Key(string name, params SchemaShape.Column[] annotations) =>
        Key(name, VectorKind.Scalar, annotations);

    /// <summary>A column with one key, a vector or a variable vector of keys per row.</summary>
    public static SchemaShape.Column Key(string name, VectorKind kind, params SchemaShape.Column[] annotations) =>
        new(name, kind, NumberDataViewType.UInt32, isKey: true, Annotations(annotations));

    /// <summary>The annotation that names each slot of a vector column.</summary>
    public static SchemaShape.Column SlotNames() => Vector(AnnotationUtils.Kinds.SlotNames, TextDataViewType.Instance);

    /// <summary>The annotation that gives each key its value.</summary>
    public static SchemaShape.Column KeyValues(DataViewType item) => Vector(AnnotationUtils.Kinds.KeyValues, item);

    /// <summary>The annotation that gives the value of the class of each slot of a score.</summary>
    public static SchemaShape.Column TrainingLabelValues(DataViewType item) => Vector(AnnotationUtils.Kinds.TrainingLabelValues, item);

    /// <summary>The type of the values of a key column; null if it has none.</summary>
    public static DataViewType? KeyValuesOf(SchemaShape.Column column) => Find(column.Annotations, AnnotationUtils.Kinds.KeyValues)?.ItemType;

    /// <summary>The shape of existing data.</summary>
    public static SchemaShape Of(DataViewSchema schema) => SchemaShape.Create(schema);

    /// <summary>The column of that name, or null.</summary>
    public static SchemaShape.Column? Find(SchemaShape schema, string name) =>
        schema.TryFindColumn(name, out SchemaShape.Column column) ? column : null;

    /// <summary>The schema with these columns appended; one of the same name replaces the old one.</summary>
    public static SchemaShape With(SchemaShape schema, params SchemaShape.Column[] added)
    {
        Dictionary<string, SchemaShape.Column> columns = [];
        foreach (SchemaShape.Column column in schema.Concat(added))
            columns[column.Name] = column;
        return new SchemaShape(columns.Values);
    }

    /// <summary>The column's type in ML.NET's words, such as <c>Vector&lt;Single&gt;</c>.</summary>
    public static string TypeOf(SchemaShape.Column column) => column.GetTypeString();

    private static SchemaShape? Annotations(SchemaShape.Column[] columns) =>
        columns.Length == 0 ? null : new SchemaShape(columns);
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>The network's output for the present row; NaN where the row has no sequence.</summary>
internal delegate ReadOnlySpan<float> RowOutput();

/// <summary>Makes a column's value of the network's output for a row.</summary>
internal delegate void OutputValue<T>(ReadOnlySpan<float> output, ref T value);

/// <summary>A column that a fitted model adds to rows that hold a sequence each.</summary>
internal sealed record OutputColumn(string Name, DataViewType Type, DataViewSchema.Annotations Annotations, Func<RowOutput, Delegate> MakeGetter)
{
    public static OutputColumn Create<T>(string name, DataViewType type, DataViewSchema.Annotations annotations, OutputValue<T> convert) =>
        new(name, type, annotations, output => (ValueGetter<T>)((ref T value) => convert(output(), ref value)));

    /// <summary>All that a task adds.</summary>
    public static OutputColumn[] Of(WholeRowTask task) => task switch
    {
        SequenceClassification classification => MulticlassGoal.Outputs(classification),
        SequenceBinaryClassification binary => BinaryGoal.Outputs(binary),
        SequenceRegression regression => RegressionGoal.Outputs(regression),
        _ => throw new NotSupportedException($"The task {task.GetType().Name} has no columns."),
    };
}

/// <summary>A schema with the columns of a task added, and the values of both for a row.</summary>
internal sealed class OutputSchema
{
    private readonly OutputColumn[] _added;

    public OutputSchema(DataViewSchema input, OutputColumn[] added)
    {
        (Input, _added) = (input, added);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (OutputColumn column in _added)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Input { get; }

    public DataViewSchema Schema { get; }

    public bool IsAdded(DataViewSchema.Column column) => column.Index >= Input.Count;

    /// <summary>Which of all columns are among these.</summary>
    public bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columns)
            active[column.Index] = true;
        return active;
    }

    /// <summary>The value of a column at a row of the input.</summary>
    public ValueGetter<T> Getter<T>(DataViewRow input, DataViewSchema.Column column, RowOutput output)
    {
        if (!IsAdded(column))
            return input.GetGetter<T>(input.Schema[column.Index]);
        return Getter(column.Index - Input.Count, output) as ValueGetter<T>
            ?? throw new InvalidOperationException($"The column '{column.Name}' is read as {typeof(T)}; it is {column.Type.RawType}.");
    }

    /// <summary>The getter of an added column.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="output">What the network gives for the present row.</param>
    public Delegate Getter(int index, RowOutput output) => _added[index].MakeGetter(output);
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Scoring;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Columns;

/// <summary>The network's output for the current row; NaN if the row has no sequence.</summary>
internal delegate ReadOnlySpan<float> RowOutput();

/// <summary>Makes a column's value from the network's output for a row.</summary>
internal delegate void OutputValue<T>(ReadOnlySpan<float> output, ref T value);

/// <summary>A column that a fitted model adds to rows that hold a sequence each.</summary>
internal sealed record OutputColumn(string Name, DataViewType Type, DataViewSchema.Annotations Annotations, Func<RowOutput, Delegate> MakeGetter)
{
    public static OutputColumn Create<T>(string name, DataViewType type, DataViewSchema.Annotations annotations, OutputValue<T> convert) =>
        new(name, type, annotations, output => (ValueGetter<T>)((ref T value) => convert(output(), ref value)));

    /// <summary>An output of a model, made from the values that <see cref="RowDecoder"/> keeps for a row.</summary>
    /// <param name="output">The output.</param>
    /// <param name="model">The model.</param>
    /// <param name="chain">The decoder of all steps together; null: each step is decoded independently.</param>
    public static OutputColumn Of(TaskOutput output, SequenceModel model, TagChain? chain) => output.Decoding switch
    {
        ValueDecoding decoding when output.Shape.Count > 0 => Vector(output, (decoding, chain), model),
        ValueDecoding decoding => Create(output.Name, NumberDataViewType.Single, None, (ReadOnlySpan<float> row, ref float value) =>
        {
            Span<float> one = [row[0]];
            decoding.Apply(one, model.Scaling.Pooled);
            value = one[0];
        }),
        LikeliestDecoding => output.IsOfEachStep ? Keys(output, model.Task.Prediction.Shape[0], chain) : Key(output, model.Task.Prediction.Shape[0]),
        YesDecoding => Create(output.Name, BooleanDataViewType.Instance, None, (ReadOnlySpan<float> row, ref bool value) => value = row[0] > 0),
        LossDecoding => Create(output.Name, NumberDataViewType.Single, LossAnnotation.Of(model.Task), (ReadOnlySpan<float> row, ref float value) =>
            value = row[^1]),
        SteppedDecoding => Stepped(output, model),
        SearchDecoding when model.Task.TargetInput!.Tokens!.Tokenizer is { } tokenizer => FoundText(output, tokenizer),
        SearchDecoding => Found(output, model.Task.TargetInput!.Tokens!.Count),
        SearchScoreDecoding => Create(output.Name, NumberDataViewType.Single, None, (ReadOnlySpan<float> row, ref float value) => value = row[0]),
        _ => throw new NotSupportedException($"{output.Decoding.GetType().Name} has no form as a column."),
    };

    private static DataViewSchema.Annotations None { get; } = new DataViewSchema.Annotations.Builder().ToAnnotations();

    // For each step of a row, or for the row.
    private static OutputColumn Vector(TaskOutput output, (ValueDecoding Values, TagChain? Chain) decoding, SequenceModel model)
    {
        int size = output.Shape[0];
        var annotations = new DataViewSchema.Annotations.Builder();
        if (output.Names is { } names)
        {
            if (!output.IsOfEachStep)
                KeyValues.AddSlotNames(annotations, names.Values);
            KeyValues.Add(annotations, KeyValues.OfTraining, names.Values, names.Type);
        }

        VectorDataViewType type = output.IsOfEachStep
            ? new VectorDataViewType(NumberDataViewType.Single, 0, size)
            : new VectorDataViewType(NumberDataViewType.Single, size);
        return Create(output.Name, type, annotations.ToAnnotations(), (ReadOnlySpan<float> row, ref VBuffer<float> value) =>
        {
            // The row's loss follows the values of the last step.
            ReadOnlySpan<float> values = output.IsOfEachStep ? row : row[..size];
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, values.Length);
            values.CopyTo(editor.Values);
            if (output.IsOfEachStep)
                model.Task.Decode(editor.Values, decoding.Chain, model.Scaling.Pooled);
            else
                decoding.Values.Apply(editor.Values, model.Scaling.Pooled);
            value = editor.Commit();
        });
    }

    // Keys count from 1; 0 is the missing key.
    private static OutputColumn Key(TaskOutput output, int count) => Create(output.Name, new KeyDataViewType(typeof(uint), count), Named(output),
        (ReadOnlySpan<float> row, ref uint value) => value = (uint)(LikeliestDecoding.Of(row[..count]) + 1));

    private static OutputColumn Keys(TaskOutput output, int count, TagChain? chain) =>
        Create(output.Name, new VectorDataViewType(new KeyDataViewType(typeof(uint), count), 0), Named(output),
            (ReadOnlySpan<float> row, ref VBuffer<uint> value) =>
        {
            VBufferEditor<uint> editor = VBufferEditor.Create(ref value, row.Length / count);
            int[]? together = chain?.Best(row);
            for (int step = 0; step < editor.Values.Length; step++)
                editor.Values[step] = (uint)((together?[step] ?? LikeliestDecoding.Of(row.Slice(step * count, count))) + 1);
            value = editor.Commit();
        });

    // The tokens follow the score.
    private static OutputColumn Found(TaskOutput output, int count) =>
        Create(output.Name, new VectorDataViewType(new KeyDataViewType(typeof(uint), count), 0), Named(output),
            (ReadOnlySpan<float> row, ref VBuffer<uint> value) =>
        {
            VBufferEditor<uint> editor = VBufferEditor.Create(ref value, row.Length - 1);
            for (int step = 0; step < editor.Values.Length; step++)
                editor.Values[step] = (uint)row[step + 1] + 1;
            value = editor.Commit();
        });

    private static OutputColumn Stepped(TaskOutput output, SequenceModel model) => Create(
        output.Name,
        output.Shape[0] == 1 ? new VectorDataViewType(NumberDataViewType.Single, 0) : new VectorDataViewType(NumberDataViewType.Single, 0, output.Shape[0]),
        None,
        (ReadOnlySpan<float> row, ref VBuffer<float> value) =>
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, row.Length);
            row.CopyTo(editor.Values);
            model.Task.Decoded.Apply(editor.Values, model.Scaling.Pooled);
            value = editor.Commit();
        });

    private static OutputColumn FoundText(TaskOutput output, BytePairTokenizer tokenizer) =>
        Create(output.Name, TextDataViewType.Instance, None, (ReadOnlySpan<float> row, ref ReadOnlyMemory<char> value) =>
            value = tokenizer.Decode(Array.ConvertAll(row[1..].ToArray(), token => (int)token)).AsMemory());

    private static DataViewSchema.Annotations Named(TaskOutput output)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (output.Names is { } names)
            KeyValues.Add(annotations, KeyValues.Kind, names.Values, names.Type);
        return annotations.ToAnnotations();
    }
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

    /// <summary>Flags for all columns: whether each is among these.</summary>
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
    /// <param name="index">The index among the added columns, from 0.</param>
    /// <param name="output">The network's output for the current row.</param>
    public Delegate Getter(int index, RowOutput output) => _added[index].MakeGetter(output);
}

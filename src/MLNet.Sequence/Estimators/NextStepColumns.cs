using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// The columns that a fitted next-step model adds. The loss carries its task as an annotation, so that it can be evaluated
/// wherever it went.
/// </summary>
internal static class NextStepColumns
{
    private const string TaskKind = "NextStepTask";

    /// <summary>The columns of a model yet to be fitted.</summary>
    public static SchemaShape.Column[] Promise(NextStepOptions options, SchemaShape schema)
    {
        SchemaShape.Column loss = SchemaShapes.Scalar(options.LossColumn, NumberDataViewType.Single, SchemaShapes.Scalar(TaskKind, TextDataViewType.Instance));
        if (options.Kind != StepKind.Token)
            return [SchemaShapes.Vector(options.PredictionColumn, NumberDataViewType.Single), loss];
        SchemaShape.Column tokens = SchemaShapes.Find(schema, options.SequenceColumns.Count > 0 ? options.SequenceColumns[0] : options.SequenceColumn)!.Value;
        DataViewType? values = tokens.IsKey ? SchemaShapes.KeyValuesOf(tokens) : tokens.ItemType;
        return
        [
            SchemaShapes.Key(options.PredictionColumn, values is null ? [] : [SchemaShapes.KeyValues(values)]),
            SchemaShapes.Vector(options.ScoreColumn, NumberDataViewType.Single, values is null ? [] : [SchemaShapes.SlotNames()]),
            loss,
        ];
    }

    /// <summary>The columns, made of the values that <see cref="NextStepDecoder"/> or <see cref="NextTokenDecoder"/> gives.</summary>
    public static OutputColumn[] Outputs(NextStep task)
    {
        int size = task.OutputSize;
        string json = JsonSerializer.Serialize(task, ModelJson.Default.SequenceTask);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<ReadOnlyMemory<char>>(TaskKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = json.AsMemory());
        OutputColumn loss = OutputColumn.Create(task.LossColumn, NumberDataViewType.Single, annotations.ToAnnotations(),
            (ReadOnlySpan<float> output, ref float loss) => loss = output[size]);
        return task.Input.Tokens is { } tokens
            ? [Likeliest(task, tokens), Values(task.ScoreColumn, size, tokens), loss]
            : [Values(task.PredictionColumn, size, null), loss];
    }

    /// <summary>The task behind a column of losses; null where it is none of this library.</summary>
    public static NextStep? ReadTask(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(TaskKind) is null)
            return null;
        ReadOnlyMemory<char> json = default;
        column.Annotations.GetValue(TaskKind, ref json);
        return (NextStep)JsonSerializer.Deserialize(json.Span, ModelJson.Default.SequenceTask)!;
    }

    private static OutputColumn Likeliest(NextStep task, TokenInput tokens)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (tokens.ValueType is { } type)
            KeyValues.Add(annotations, KeyValues.Kind, Names(tokens), type);
        return OutputColumn.Create(task.PredictionColumn, new KeyDataViewType(typeof(uint), tokens.Count), annotations.ToAnnotations(),
            (ReadOnlySpan<float> output, ref uint token) =>
            {
                int best = TensorPrimitives.IndexOfMax(output[..tokens.Count]);
                // Of a row of no steps nothing is said.
                token = float.IsNaN(output[best]) ? 0 : (uint)best + 1;
            });
    }

    private static OutputColumn Values(string name, int size, TokenInput? tokens)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (tokens?.ValueType is not null)
            KeyValues.AddSlotNames(annotations, Names(tokens));
        return OutputColumn.Create(name, new VectorDataViewType(NumberDataViewType.Single, size), annotations.ToAnnotations(),
            (ReadOnlySpan<float> output, ref VBuffer<float> values) =>
            {
                VBufferEditor<float> editor = VBufferEditor.Create(ref values, size);
                output[..size].CopyTo(editor.Values);
                values = editor.Commit();
            });
    }

    private static string[] Names(TokenInput tokens) => [.. Enumerable.Range(0, tokens.Count).Select(tokens.ValueOf)];
}

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
    public static SchemaShape.Column[] Promise(NextStepOptions options) =>
    [
        SchemaShapes.Vector(options.PredictionColumn, NumberDataViewType.Single),
        SchemaShapes.Scalar(options.LossColumn, NumberDataViewType.Single, SchemaShapes.Scalar(TaskKind, TextDataViewType.Instance)),
    ];

    /// <summary>The columns, made of the values that <see cref="NextStepDecoder"/> gives.</summary>
    public static OutputColumn[] Outputs(NextStep task)
    {
        int features = task.Input.Features;
        string json = JsonSerializer.Serialize(task, ModelJson.Default.SequenceTask);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<ReadOnlyMemory<char>>(TaskKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = json.AsMemory());
        return
        [
            OutputColumn.Create(task.PredictionColumn, new VectorDataViewType(NumberDataViewType.Single, features),
                new DataViewSchema.Annotations.Builder().ToAnnotations(), (ReadOnlySpan<float> output, ref VBuffer<float> prediction) =>
                {
                    VBufferEditor<float> editor = VBufferEditor.Create(ref prediction, features);
                    output[..features].CopyTo(editor.Values);
                    prediction = editor.Commit();
                }),
            OutputColumn.Create(task.LossColumn, NumberDataViewType.Single, annotations.ToAnnotations(),
                (ReadOnlySpan<float> output, ref float loss) => loss = output[features]),
        ];
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
}

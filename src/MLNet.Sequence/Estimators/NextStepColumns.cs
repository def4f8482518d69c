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
            SchemaShapes.Vector(options.ScoreColumn, NumberDataViewType.Single,
                values is null ? [] : [SchemaShapes.SlotNames(), SchemaShapes.TrainingLabelValues(values)]),
            loss,
        ];
    }

    /// <summary>What a column of losses says of itself.</summary>
    public static DataViewSchema.Annotations Annotations(SequenceTask task)
    {
        string json = JsonSerializer.Serialize(task, ModelJson.Default.SequenceTask);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<ReadOnlyMemory<char>>(TaskKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = json.AsMemory());
        return annotations.ToAnnotations();
    }

    /// <summary>The task behind a column of losses; null where it is none of this library.</summary>
    public static SequenceTask? ReadTask(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(TaskKind) is null)
            return null;
        ReadOnlyMemory<char> json = default;
        column.Annotations.GetValue(TaskKind, ref json);
        return JsonSerializer.Deserialize(json.Span, ModelJson.Default.SequenceTask);
    }
}

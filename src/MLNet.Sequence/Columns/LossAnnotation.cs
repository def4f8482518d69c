using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Columns;

/// <summary>A column of losses carries its task as an annotation, so that it can be evaluated after other transforms.</summary>
internal static class LossAnnotation
{
    public const string Kind = "NextStepTask";

    public static DataViewSchema.Annotations Of(SequenceTask task)
    {
        string json = JsonSerializer.Serialize(task, ModelJson.Default.SequenceTask);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<ReadOnlyMemory<char>>(Kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = json.AsMemory());
        return annotations.ToAnnotations();
    }

    /// <summary>The task of a column of losses; null if the column is not of this library.</summary>
    public static SequenceTask? Read(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Kind) is null)
            return null;
        ReadOnlyMemory<char> json = default;
        column.Annotations.GetValue(Kind, ref json);
        return JsonSerializer.Deserialize(json.Span, ModelJson.Default.SequenceTask);
    }
}

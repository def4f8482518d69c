using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// What the forecast column says of itself, so that it can be evaluated wherever it went: the names of its slots, the
/// task, and the deviation of each target in training.
/// </summary>
internal static class ForecastAnnotations
{
    private const string SlotNamesKind = "SlotNames", TaskKind = "ForecastingTask", DeviationKind = "TrainingDeviation";

    public static SchemaShape.Column Shape(string name) => SchemaShapes.Vector(
        name,
        NumberDataViewType.Single,
        SchemaShapes.SlotNames(),
        SchemaShapes.Scalar(TaskKind, TextDataViewType.Instance),
        SchemaShapes.Vector(DeviationKind, NumberDataViewType.Single));

    public static void AddColumn(DataViewSchema.Builder builder, string name, SequenceModel model)
    {
        var task = (Forecasting)model.Task;
        int targets = task.TargetChannels.Count, size = task.Horizon * targets;
        // "OT+1" is the target one step after the row.
        ReadOnlyMemory<char>[] slots =
            [.. Enumerable.Range(0, size).Select(slot => $"{task.TargetChannels[slot % targets]}+{slot / targets + 1}".AsMemory())];
        string json = JsonSerializer.Serialize(task, ModelJson.Default.SequenceTask);
        float[] deviation = [.. model.Scaling.Pooled.Deviation.Take(targets)];
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>(
            SlotNamesKind, new VectorDataViewType(TextDataViewType.Instance, size), (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(size, slots));
        annotations.Add<ReadOnlyMemory<char>>(TaskKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = json.AsMemory());
        annotations.Add<VBuffer<float>>(
            DeviationKind, new VectorDataViewType(NumberDataViewType.Single, targets), (ref VBuffer<float> value) => value = new(targets, deviation));
        builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, size), annotations.ToAnnotations());
    }

    /// <summary>The task and the deviations; null where the column is not a forecast of this library.</summary>
    public static (Forecasting Task, double[] Deviation)? Read(DataViewSchema.Column column)
    {
        DataViewSchema.Annotations annotations = column.Annotations;
        if (annotations.Schema.GetColumnOrNull(TaskKind) is null || annotations.Schema.GetColumnOrNull(DeviationKind) is null)
            return null;
        ReadOnlyMemory<char> json = default;
        annotations.GetValue(TaskKind, ref json);
        VBuffer<float> deviation = default;
        annotations.GetValue(DeviationKind, ref deviation);
        var task = (Forecasting)JsonSerializer.Deserialize(json.Span, ModelJson.Default.SequenceTask)!;
        return (task, [.. deviation.DenseValues().Select(value => (double)value)]);
    }
}

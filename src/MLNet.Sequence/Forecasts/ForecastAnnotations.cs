using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// The annotations of the forecast column, so that it can be evaluated after other transforms: the names of its slots, the
/// task, and mean and deviation of each target in training.
/// </summary>
internal static class ForecastAnnotations
{
    private const string SlotNamesKind = "SlotNames", TaskKind = "ForecastingTask", MeanKind = "TrainingMean", DeviationKind = "TrainingDeviation";

    public static SchemaShape.Column Shape(string name) => SchemaShapes.Vector(
        name,
        NumberDataViewType.Single,
        SchemaShapes.SlotNames(),
        SchemaShapes.Scalar(TaskKind, TextDataViewType.Instance),
        SchemaShapes.Vector(MeanKind, NumberDataViewType.Double),
        SchemaShapes.Vector(DeviationKind, NumberDataViewType.Double));

    /// <summary>Adds the columns of a model's forecasts, in their order.</summary>
    public static void AddColumns(DataViewSchema.Builder builder, SequenceModel model)
    {
        foreach (string name in Names(model.Task.Series!))
            AddColumn(builder, name, model);
    }

    /// <summary>The names of the columns of forecasts and of their bounds.</summary>
    public static IEnumerable<string> Names(Forecasting task) => task.Intervals is { } intervals
        ? [task.ForecastColumnName, intervals.LowerBoundColumnName, intervals.UpperBoundColumnName]
        : [task.ForecastColumnName];

    public static void AddColumn(DataViewSchema.Builder builder, string name, SequenceModel model)
    {
        Forecasting task = model.Task.Series!;
        int targets = task.TargetChannels.Count;
        // "OT+1" is the target one step after the row, "OT+1 q0.9" a quantile of it.
        ForecastOutput said = name == task.ForecastColumnName ? task.Output : ForecastOutput.Point;
        string suffix = name == task.Intervals?.LowerBoundColumnName ? " lower" : name == task.Intervals?.UpperBoundColumnName ? " upper" : "";
        ReadOnlyMemory<char>[] slots = [.. from step in Enumerable.Range(1, task.Horizon)
            from value in said.Values
            from target in task.TargetChannels
            select $"{target}+{step}{value}{suffix}".AsMemory()];
        int size = slots.Length;
        // Most of a first forecast would be the preparation of this text, which few ask for.
        var json = new Lazy<string>(() => JsonSerializer.Serialize(task, ModelJson.Default.SequenceTask));
        ChannelScaling scaling = model.Scaling.Pooled.Moments;
        double[] mean = [.. scaling.Mean.Take(targets)];
        // For a target that did not vary in training, no error can be scaled by the deviation.
        double[] deviation = [.. scaling.Deviation.Take(targets).Select((value, target) => scaling.IsConstant(target) ? double.NaN : value)];
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>(
            SlotNamesKind, new VectorDataViewType(TextDataViewType.Instance, size), (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(size, slots));
        annotations.Add<ReadOnlyMemory<char>>(TaskKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = json.Value.AsMemory());
        var perTarget = new VectorDataViewType(NumberDataViewType.Double, targets);
        annotations.Add<VBuffer<double>>(MeanKind, perTarget, (ref VBuffer<double> value) => value = new(targets, mean));
        annotations.Add<VBuffer<double>>(DeviationKind, perTarget, (ref VBuffer<double> value) => value = new(targets, deviation));
        builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, size), annotations.ToAnnotations());
    }

    /// <summary>The column of bounds that came with a forecast.</summary>
    public static DataViewSchema.Column FindBound(SequenceHost host, DataViewSchema schema, DataViewSchema.Column forecast, string name)
    {
        string? own = TaskOf(forecast);
        return schema.Where(column => column.Name == name && TaskOf(column) == own).Select(column => (DataViewSchema.Column?)column).LastOrDefault()
            ?? throw host.MissingColumn("bound", name, schema.Select(column => column.Name));
    }

    /// <summary>The column of actual values that belongs to a forecast: in a chain, two forecasters may both use the same name.</summary>
    public static DataViewSchema.Column FindActual(SequenceHost host, DataViewSchema schema, DataViewSchema.Column forecast, Forecasting task)
    {
        DataViewSchema.Column[] named = [.. schema.Where(column => column.Name == task.ActualColumnName)];
        if (named.Length == 0)
            throw host.MissingColumn("actual", task.ActualColumnName, schema.Select(column => column.Name));
        if (named.Any(column => column.Index == forecast.Index))
            throw host.Mismatch("forecast", forecast.Name, "a column of forecasts", "the column of actual values");
        DataViewSchema.Column visible = named[^1];
        if (TaskOf(visible) is null)
            return visible.Type.Equals(forecast.Type)
                ? visible
                : throw host.Mismatch("actual", visible.Name, forecast.Type.ToString()!, visible.Type.ToString()!);
        string? own = TaskOf(forecast);
        return named.Where(column => TaskOf(column) == own).Select(column => (DataViewSchema.Column?)column).LastOrDefault()
            ?? throw host.Mismatch("actual", task.ActualColumnName, $"the column that came with '{forecast.Name}'",
                "that of another forecaster; give each its own ActualColumnName");
    }

    private static string? TaskOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(TaskKind) is null)
            return null;
        ReadOnlyMemory<char> json = default;
        column.Annotations.GetValue(TaskKind, ref json);
        return json.ToString();
    }

    /// <summary>The task, and mean and deviation of each target in training; null if the column is not a forecast of this library.</summary>
    public static (Forecasting Task, ChannelScaling Training)? Read(DataViewSchema.Column column)
    {
        DataViewSchema.Annotations annotations = column.Annotations;
        if (new[] { TaskKind, MeanKind, DeviationKind }.Any(kind => annotations.Schema.GetColumnOrNull(kind) is null))
            return null;
        ReadOnlyMemory<char> json = default;
        annotations.GetValue(TaskKind, ref json);
        VBuffer<double> mean = default, deviation = default;
        annotations.GetValue(MeanKind, ref mean);
        annotations.GetValue(DeviationKind, ref deviation);
        Forecasting task = JsonSerializer.Deserialize(json.Span, ModelJson.Default.SequenceTask)!.Series!;
        return (task, new ChannelScaling([.. mean.DenseValues()], [.. deviation.DenseValues()]));
    }
}

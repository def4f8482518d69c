using MLNet.Sequence.Networks;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// The additional inputs of a forecaster's graph, in the data's units: <c>Future</c>, [batch, horizon, known], and <c>Static</c>, [batch,
/// channels]. They are scaled over all series; keys are given by their index.
/// </summary>
internal sealed class OnnxBeside
{
    private readonly Dictionary<string, OnnxValue> _values = [];

    public OnnxBeside(OnnxGraph graph, SequenceModel model)
    {
        if (model.Task.Series is not { } task)
            return;
        if (task.KnownSize > 0)
        {
            string names = Names(task.Calendar is null ? task.KnownInputs : [task.CalendarColumn, .. task.KnownInputs]);
            string meaning = $"{names}; in the data's units; of the {task.Horizon} steps ahead, the first one first";
            Read((NetworkInput.Future, "Future", meaning), graph, model, (task.FirstKnown, [task.Horizon, task.KnownSize]));
        }

        if (task.StaticSize > 0)
            Read((NetworkInput.Static, "Static", $"{Names(task.StaticInputs)}; in the data's units"), graph, model, (task.PastSize, [task.StaticSize]));
    }

    /// <summary>The scaled values, by the names of the network's inputs.</summary>
    public IReadOnlyDictionary<string, OnnxValue> Values => _values;

    /// <summary>[B, 1]: 0, or NaN if a value is not finite; null: no additional inputs.</summary>
    public OnnxValue? Refused { get; private set; }

    private void Read((string Input, string Name, string Meaning) what, OnnxGraph graph, SequenceModel model, (int First, int[] Shape) channels)
    {
        OnnxValue value = graph.Input(what.Name, DataType.Float, what.Meaning, ["batch", .. channels.Shape.Cast<object>()]);
        int count = channels.Shape[^1];
        var gaps = new OnnxWindowGaps(model.Task.Series!);
        value = gaps.Read(value, channels.First);
        ChannelScaling pooled = model.Scaling.Pooled;
        float[] Part(ValueList<double> all) => [.. all.Skip(channels.First).Take(count).Select(one => (float)one)];
        OnnxValue mean = graph.Weight($"{what.Input}_mean", Part(pooled.Mean), count);
        OnnxValue deviation = graph.Weight($"{what.Input}_deviation", Part(pooled.Deviation), count);
        value = (value - mean) / deviation;
        if (what.Input == NetworkInput.Future)
            value = gaps.FillAhead(value);
        _values.Add(what.Input, value);
        // x − x is 0, and NaN where x is not finite.
        OnnxValue zero = (value - value).Sum(keep: false, [.. Enumerable.Range(1, channels.Shape.Length).Select(axis => (long)axis)]).Unsqueeze(1);
        Refused = Refused is { } before ? before + zero : zero;
    }

    private static string Names(IEnumerable<ChannelColumn> columns) => string.Join(", ", columns.Select(column => column.Keys is { } keys
        ? $"{column.Name} (the index in {string.Join(", ", keys)}, or {keys.Count} for another)"
        : string.Join(", ", column.Channels)));
}

using MLNet.Sequence.Tasks;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>Missing values of a forecaster's window, by the same rules as in plain C# (<see cref="WindowGaps"/>).</summary>
internal sealed class OnnxWindowGaps(Forecasting task)
{
    private readonly bool _fills = task.FillsWindows;

    /// <summary>Values in the data's units, […, channels], without those that are replaced whatever is around them.</summary>
    public OnnxValue Read(OnnxValue values, int first)
    {
        if (task.MissingValues == MissingValues.Error)
            return values;
        KeyChannel[] keys = task.KeyChannels;
        float[] replaced = [.. Enumerable.Range(first, task.DataChannels - first).Select(channel =>
            (float?)keys.FirstOrDefault(key => key.Channel == channel)?.Count ?? (_fills ? float.NaN : 0))];
        return values.Op("IsNaN").Where(values.Graph.Weight($"missing_{first}", replaced[..Count(first)], Count(first)), values);
    }

    /// <summary>A standardised window, [B, T, channels of the past], to what the network sees, [B, T, inputs].</summary>
    public OnnxValue Fill(OnnxValue past)
    {
        if (!_fills)
            return past;
        int targets = task.TargetChannels.Count;
        OnnxValue missing = past.Op("IsNaN"), one = past.Graph.Constant(1f), zero = past.Graph.Constant(0f);
        OnnxValue filled = task.MissingValues == MissingValues.Interpolate ? OnnxGaps.Fill(past, task.PastSize) : OnnxGaps.Forward(past, task.PastSize).Filled;
        // Nothing is forecast from a window without a value of any target.
        OnnxValue known = missing.Slice(-1, 0, targets).Where(zero, one).Sum(keep: true, 1, 2); // [B, T, K] → [B, 1, 1]
        filled += known.Op("Equal", zero).Where(past.Graph.Constant(float.NaN), zero);
        if (task.MaskSize == 0)
            return filled;
        OnnxValue seen = filled.Slice(-1, 0, task.FirstKnown).Concat(-1, missing.Slice(-1, 0, task.FirstKnown).Cast(DataType.Float));
        return task.KnownSize == 0 ? seen : seen.Concat(-1, filled.Slice(-1, task.FirstKnown));
    }

    /// <summary>The standardised known inputs of the steps ahead, [B, H, known]; an input without any value stays NaN.</summary>
    public OnnxValue FillAhead(OnnxValue ahead)
    {
        if (!_fills)
            return ahead;
        (OnnxValue filled, OnnxValue known) = OnnxGaps.Forward(ahead, task.KnownSize);
        if (task.MissingValues == MissingValues.Interpolate)
            filled = OnnxGaps.Fill(ahead, task.KnownSize);
        OnnxValue zero = ahead.Graph.Constant(0f);
        return filled + known.Op("Equal", zero).Where(ahead.Graph.Constant(float.NaN), zero);
    }

    // The channels of the sequence, of the steps ahead, or of the whole series.
    private int Count(int first) => first == 0 ? task.PastSize : first == task.PastSize ? task.StaticSize : task.KnownSize;
}

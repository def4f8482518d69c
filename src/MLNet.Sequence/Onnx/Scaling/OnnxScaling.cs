using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>Mean and standard deviation of each channel: of a series, [C], or of each window, [B, 1, C]. Null: no scaling.</summary>
internal sealed record OnnxScaling((OnnxValue Mean, OnnxValue Deviation)? Channels)
{
    /// <summary>The transforms of channels before they are scaled; null: none.</summary>
    public OnnxPowers? Powers { get; init; }

    /// <summary>The differences of the targets of the window that is scaled; null: there are none.</summary>
    public OnnxDifferences? Differences { get; init; }

    /// <summary>The scaling of a series or of labels, with weights of this name.</summary>
    public static OnnxScaling Of(OnnxGraph graph, ChannelScaling scaling, string name = "scaling")
    {
        if (!scaling.HasPowers && scaling.Mean.All(mean => mean == 0) && scaling.Deviation.All(deviation => deviation == 1))
            return new OnnxScaling((ValueTuple<OnnxValue, OnnxValue>?)null);
        int channels = scaling.Mean.Length;
        return new OnnxScaling((graph.Weight($"{name}_mean", Narrow(scaling.Mean), channels),
            graph.Weight($"{name}_deviation", Narrow(scaling.Deviation), channels)))
        {
            Powers = scaling.HasPowers ? new OnnxPowers([.. Enumerable.Range(0, channels).Select(scaling.Power)]) : null,
        };
    }

    /// <summary>
    /// The scaling of each window, [B, T, C]. Channels that are constant in it use the deviation of all series; steady inputs use the mean
    /// and deviation of all series.
    /// </summary>
    public static OnnxScaling Of(OnnxValue window, SequenceModel model)
    {
        ChannelScaling pooled = model.Scaling.Pooled.First(model.Task.Series!.PastSize);
        int channels = pooled.Mean.Length;
        OnnxValue allDeviation = window.Graph.Weight("scaling_deviation", Narrow(pooled.Deviation), channels);
        (OnnxValue mean, OnnxValue deviation, OnnxValue varies) = model.Task.Series!.FillsWindows ? OfKnown(window, pooled) : OfAll(window);
        deviation = varies.Where(deviation, allDeviation);
        if (model.Task.Series!.SteadyInputs is { } steady)
        {
            OnnxValue isSteady = window.Graph.Constant([.. Enumerable.Range(0, channels).Select(channel => steady.Contains(channel) ? 1L : 0)])
                .Cast(DataType.Bool);
            OnnxValue allMean = window.Graph.Weight("scaling_mean", Narrow(pooled.Mean), channels);
            (mean, deviation) = (isSteady.Where(allMean, mean), isSteady.Where(allDeviation, deviation));
        }

        return new OnnxScaling((mean, deviation));
    }

    private static (OnnxValue Mean, OnnxValue Deviation, OnnxValue Varies) OfAll(OnnxValue window)
    {
        OnnxValue mean = window.Mean(keep: true, 1), difference = window - mean; // [B, T, C] → [B, 1, C]
        OnnxValue deviation = (difference * difference).Mean(keep: true, 1).Op("Sqrt");
        // The mean of equal floats may differ from them in its last bits; their maximum and minimum do not.
        return (mean, deviation, Extreme(window, "ReduceMax").Op("Greater", Extreme(window, "ReduceMin")));
    }

    // Missing values are left out; a channel without any value has the mean of all series.
    private static (OnnxValue Mean, OnnxValue Deviation, OnnxValue Varies) OfKnown(OnnxValue window, ChannelScaling pooled)
    {
        OnnxGraph graph = window.Graph;
        OnnxValue missing = window.Op("IsNaN"), zero = graph.Constant(0f), one = graph.Constant(1f);
        OnnxValue found = missing.Where(zero, one).Sum(keep: true, 1), count = found.Op("Max", one);
        OnnxValue mean = missing.Where(zero, window).Sum(keep: true, 1) / count, difference = missing.Where(zero, window - mean);
        OnnxValue deviation = ((difference * difference).Sum(keep: true, 1) / count).Op("Sqrt");
        OnnxValue largest = Extreme(missing.Where(graph.Constant(float.NegativeInfinity), window), "ReduceMax");
        OnnxValue smallest = Extreme(missing.Where(graph.Constant(float.PositiveInfinity), window), "ReduceMin");
        OnnxValue allMean = graph.Weight("mean_of_all", Narrow(pooled.Mean), pooled.Mean.Length);
        return (found.Op("Equal", zero).Where(allMean, mean), deviation, largest.Op("Greater", smallest));
    }

    /// <summary>Standardises values of type Double before they become floats, as the library does.</summary>
    public static OnnxValue ApplyInDouble(OnnxValue x, ChannelScaling scaling)
    {
        int channels = scaling.Mean.Length;
        OnnxValue Row(ValueList<double> values) => x.Graph.Constant([.. values], channels);
        return ((x - Row(scaling.Mean)) / Row(scaling.Deviation)).Cast(DataType.Float);
    }

    public OnnxValue Apply(OnnxValue x)
    {
        if (Differences is { } differences)
            return differences.Begin((this with { Differences = null, Powers = null }).Apply(differences.Changes()));
        return Channels is { } channels ? ((Powers?.Apply(x) ?? x) - channels.Mean) / channels.Deviation : x;
    }

    /// <summary>Converts values of the first channels back to the data's units.</summary>
    public OnnxValue Undo(OnnxValue x, int count)
    {
        if (Differences is { } differences)
        {
            OnnxValue values = differences.AddUp((this with { Differences = null, Powers = null }).Undo(x, count));
            return Powers?.Undo(values, count) ?? values;
        }

        if (Channels is not { } channels)
            return x;
        OnnxValue value = x * channels.Deviation.Slice(-1, 0, count) + channels.Mean.Slice(-1, 0, count);
        return Powers?.Undo(value, count) ?? value;
    }

    /// <summary>Differences in the numbers' units.</summary>
    public OnnxValue Scale(OnnxValue x, int count) => Channels is { } channels ? x * channels.Deviation.Slice(-1, 0, count) : x;

    private static OnnxValue Extreme(OnnxValue window, string kind) =>
        window.Graph.Node(kind, [window], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1));

    private static float[] Narrow(ValueList<double> values) => [.. values.Select(value => (float)value)];
}

using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>The power transforms of channels, the last axis, by the formulas of <see cref="PowerTransform"/>.</summary>
/// <param name="Channels">One per channel; null: it has none.</param>
internal sealed record OnnxPowers(IReadOnlyList<PowerTransform?> Channels)
{
    /// <summary>The transformed values; a missing one stays missing.</summary>
    public OnnxValue Apply(OnnxValue x)
    {
        OnnxGraph graph = x.Graph;
        OnnxValue least = Row(graph, Channels, power => power.Least), shifted = x + Row(graph, Channels, power => power.Shift);
        // A comparison keeps NaN away from the logarithm, and no operator says what it makes of it.
        OnnxValue logarithm = shifted.Op("Greater", least).Where(shifted, least).Op("Log");
        OnnxValue lambda = Row(graph, Channels, Divisor), power = ((logarithm * lambda).Exp() - graph.Constant(1f)) / lambda;
        OnnxValue transformed = x.Op("IsNaN").Where(x, Flags(graph, Channels, one => one.Lambda == 0).Where(logarithm, power));
        return Flags(graph, Channels, _ => true).Where(transformed, x);
    }

    /// <summary>The values of the first channels.</summary>
    public OnnxValue Undo(OnnxValue x, int count)
    {
        OnnxGraph graph = x.Graph;
        PowerTransform?[] own = [.. Channels.Take(count)];
        OnnxValue lambda = Row(graph, own, Divisor), zero = graph.Constant(0f);
        OnnxValue power = (x * lambda + graph.Constant(1f)).Op("Max", zero).Op("Pow", graph.Constant(1f) / lambda);
        OnnxValue value = Flags(graph, own, one => one.Lambda == 0).Where(x.Exp(), power) - Row(graph, own, one => one.Shift);
        return Flags(graph, own, _ => true).Where(value.Op("Max", zero), x);
    }

    // 1 where the power is 0, whose result is not used.
    private static double Divisor(PowerTransform power) => power.Lambda == 0 ? 1 : power.Lambda;

    private static OnnxValue Row(OnnxGraph graph, IReadOnlyList<PowerTransform?> channels, Func<PowerTransform, double> of) =>
        graph.Constant(channels.Select(power => power is null ? 1 : of(power)).ToArray(), channels.Count).Cast(DataType.Float);

    private static OnnxValue Flags(OnnxGraph graph, IReadOnlyList<PowerTransform?> channels, Func<PowerTransform, bool> of) =>
        graph.Constant([.. channels.Select(power => power is not null && of(power) ? 1L : 0)]).Cast(DataType.Bool);
}

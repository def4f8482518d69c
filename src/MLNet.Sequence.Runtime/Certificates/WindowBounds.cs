using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Certificates;

/// <summary>A causal convolution: before the window's first step one run has zeros, the other the earlier inputs.</summary>
internal sealed class ConvolutionBound : LayerBound
{
    private readonly BoundMatrix[] _taps;
    private readonly double[] _magnitudes;
    private readonly int _dilation;
    private readonly bool _isNumber;

    public ConvolutionBound(CausalConv layer, Func<string, double[]> own, ValueRange input)
        : this(layer, Kernel(layer, own), own("bias"), input)
    {
    }

    private ConvolutionBound(CausalConv layer, double[] kernel, double[] bias, ValueRange input)
        : base(input.WithZero().Affine(TapsFirst(kernel, layer.Channels, input.Count), bias, layer.Channels))
    {
        _dilation = layer.Dilation;
        _magnitudes = input.Magnitudes();
        _isNumber = kernel.All(double.IsFinite);
        // [out, in, taps] → taps × [out, in]
        _taps = [.. Enumerable.Range(0, layer.KernelSize).Select(tap => new BoundMatrix(
            [.. Enumerable.Range(0, layer.Channels * input.Count).Select(i => kernel[i * layer.KernelSize + tap])], input.Count))];
    }

    // v / ‖v‖ of a weight-normalised channel with v = 0.
    public override IEnumerable<string> Obstacles() =>
        _isNumber ? [] : ["a weight-normalised convolution has a channel without a direction (weight_v is 0), whose outputs are NaN"];

    public override DifferenceStep Start(Past past)
    {
        Difference before = past.Open ? new Difference([.. _magnitudes]) : Difference.None(_magnitudes.Length);
        var seen = new Queue<Difference>(Enumerable.Repeat(before, (_taps.Length - 1) * _dilation));
        return input =>
        {
            seen.Enqueue(input);
            Difference sum = Difference.None(_taps[0].Rows);
            for (int tap = 0; tap < _taps.Length; tap++)
                sum = sum.Plus(_taps[tap].Apply(seen.ElementAt(tap * _dilation)));
            seen.Dequeue();
            return sum.Within(Output);
        };
    }

    // [out, in, taps] → [out, taps, in], so that the channels repeat.
    private static double[] TapsFirst(double[] kernel, int outputs, int inputs)
    {
        int taps = kernel.Length / outputs / inputs;
        return [.. Enumerable.Range(0, kernel.Length).Select(i => kernel[(i / (taps * inputs) * inputs + i % inputs) * taps + i / inputs % taps])];
    }

    // g v / ‖v‖ per output channel, if the layer is weight-normalised.
    private static double[] Kernel(CausalConv layer, Func<string, double[]> own)
    {
        if (!layer.WeightNormalized)
            return own("weight");
        double[] direction = own("weight_v"), gain = own("weight_g");
        int length = direction.Length / gain.Length;
        double[] norms = [.. direction.Chunk(length).Select(row => Math.Sqrt(row.Sum(value => value * value)))];
        return [.. direction.Select((value, i) => gain[i / length] * value / norms[i / length])];
    }
}

/// <summary>A layer that is run again over the last n inputs at every step.</summary>
internal sealed class WindowedBound(LayerBound inner, int window) : LayerBound(inner.Output)
{
    public override IReadOnlyList<LayerBound> Inner => [inner];

    // Any inner layer is forgotten after n steps.
    public override IEnumerable<EndlessState> Recurrent() => [];

    public override IEnumerable<string> Obstacles() => [];

    public override DifferenceStep Start(Past past)
    {
        DifferenceStep first = inner.Start(past);
        var seen = new Queue<Difference>();
        return input =>
        {
            seen.Enqueue(input);
            if (seen.Count < window)
                return first(input);
            if (seen.Count > window)
                seen.Dequeue();
            if (seen.All(difference => difference.IsNone))
                return Difference.None(Output.Count);
            DifferenceStep anew = inner.Start(past with { Open = false });
            return seen.Aggregate(input, (_, difference) => anew(difference));
        };
    }
}

/// <summary>
/// A layer over patches: one run for each remainder of the step by the stride. Before the window's first step one run has zeros, the other
/// the earlier inputs.
/// </summary>
internal sealed class PatchedBound(PatchedLayer layer, LayerBound inner, ValueRange input) : LayerBound(inner.Output)
{
    public override IReadOnlyList<LayerBound> Inner => [inner];

    /// <summary>The range of a patch: that of its steps, and of the zeros before the first.</summary>
    public static ValueRange Patches(ValueRange step, int length)
    {
        ValueRange one = step.WithZero();
        return new ValueRange([.. Enumerable.Repeat(one.Low, length).SelectMany(low => low)],
            [.. Enumerable.Repeat(one.High, length).SelectMany(high => high)]);
    }

    public override IEnumerable<EndlessState> Recurrent() =>
        inner.Recurrent().Select(state => state with { Stride = state.Stride * layer.Stride });

    public override DifferenceStep Start(Past past)
    {
        Difference before = past.Open ? new Difference(input.Magnitudes()) : Difference.None(input.Count);
        var seen = new Queue<Difference>(Enumerable.Repeat(before, layer.Length - 1));
        DifferenceStep[] runs = [.. Enumerable.Range(0, layer.Stride).Select(_ => inner.Start(past))];
        int turn = 0;
        return difference =>
        {
            seen.Enqueue(difference);
            var patch = new Difference(
                [.. seen.SelectMany(step => step.Channels.ToArray())], Outward.Length([.. seen.Select(step => step.Length)]));
            seen.Dequeue();
            DifferenceStep run = runs[turn];
            turn = (turn + 1) % layer.Stride;
            return run(patch);
        };
    }
}

/// <summary>A layer with only a known receptive field: its output is the same in two runs with the same inputs there.</summary>
internal sealed class OpaqueBound(string name, Layer layer, ValueRange output) : LayerBound(output)
{
    public override IEnumerable<string> Obstacles()
    {
        if (layer is Pooling)
            yield return $"{name} reads all steps of the sequence, so no step is ever forgotten";
        else if (layer.ReceptiveField is null)
            yield return $"nothing is proved here about the memory of {name}";
    }

    public override DifferenceStep Start(Past past)
    {
        int same = past.Open || layer.ReceptiveField is null ? 0 : layer.ReceptiveField.Value;
        var any = new Difference([.. Enumerable.Range(0, Output.Count).Select(Output.Width)]);
        return input =>
        {
            same = input.IsNone ? same + 1 : 0;
            return same >= layer.ReceptiveField ? Difference.None(Output.Count) : any;
        };
    }
}

/// <summary>
/// Reversible normalisation of a whole window. Only the input of the inner layers is shortened: level and scale still read the whole
/// window, in both runs.
/// </summary>
internal sealed class NormalizedBound(LayerBound inner, double[] scales, ValueRange output) : LayerBound(output)
{
    public override IReadOnlyList<LayerBound> Inner => [inner];

    public static NormalizedBound Make(WindowNormalized layer, Func<ValueRange, LayerBound> inside, (ValueRange Range, int? Steps) shown)
    {
        // A standard deviation is at most half of the range, and each of T values is at most √(T − 1) standard deviations from their mean.
        ValueRange input = shown.Range;
        double[] widths = [.. Enumerable.Range(0, input.Count).Select(input.Width)];
        double[] scales = layer.Kind == WindowNormalization.MeanAndDeviation
            ? [.. widths.Select(width => Outward.Up(Math.Sqrt(width * width / 4 + WindowNormalized.Epsilon)))]
            : [.. widths.Select(_ => 1.0)];
        ValueRange seen = layer.Kind switch
        {
            WindowNormalization.MeanAndDeviation => ValueRange.Around(input.Count, Outward.Up(Math.Sqrt((shown.Steps ?? double.PositiveInfinity) - 1))),
            WindowNormalization.LastValue or WindowNormalization.Mean => new ValueRange([.. widths.Select(width => -width)], widths),
            _ => input,
        };
        seen = new ValueRange(
            [.. Enumerable.Range(0, input.Count).Select(i => (layer.Kept.Contains(i) ? input : seen).Low[i])],
            [.. Enumerable.Range(0, input.Count).Select(i => (layer.Kept.Contains(i) ? input : seen).High[i])]);
        LayerBound inner = inside(seen);
        return new NormalizedBound(
            inner, [.. Enumerable.Range(0, inner.Output.Count).Select(i => scales[i % layer.Targets])], ValueRange.Unknown(inner.Output.Count));
    }

    public override IEnumerable<string> Obstacles() => inner.Recurrent().Any() && scales.Any(double.IsInfinity)
        ? [.. inner.Obstacles(), "outputs are multiplied by the deviation of the window, which has no bound where the range of the inputs is not known"]
        : inner.Obstacles();

    public override DifferenceStep Start(Past past)
    {
        DifferenceStep step = inner.Start(past);
        return input =>
        {
            Difference inside = step(input);
            return new Difference([.. scales.Select((scale, i) => Outward.Up(Outward.Times(scale, inside.Channels[i])))]);
        };
    }
}

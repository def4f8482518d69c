using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Certificates;

/// <summary>h′ = φ(W x + b + R h): |Δh′| ≤ φ′ (|R| |Δh| + |W| |Δx|), and ‖R‖₂ |Δh| + ‖W‖₂ |Δx| in the Euclidean norm.</summary>
internal sealed class RnnCell : CellBound
{
    private readonly BoundMatrix _input, _recurrent;
    private readonly double[] _slope;

    public RnnCell(RnnLayer layer, Func<string, double[]> own, ValueRange input)
    {
        int units = layer.HiddenSize;
        _input = new BoundMatrix(own("weight_ih"), input.Count);
        _recurrent = new BoundMatrix(own("weight_hh"), units);
        double[] bias = [.. own("bias_ih").Zip(own("bias_hh"), (one, other) => one + other)];
        ValueRange fromInput = input.Affine(own("weight_ih"), bias, units);
        bool bounded = layer.Activation == ActivationKind.Tanh;
        Largest = bounded ? [.. Enumerable.Repeat(1.0, units)] : Growth(fromInput, _recurrent.Norm);
        _slope = [.. Enumerable.Repeat(1.0, units)];
        // Each bound of the states gives a better one.
        for (int i = 0; bounded && i < 3; i++)
        {
            var argument = new GateRange(fromInput, _recurrent, 0, Largest);
            Largest = [.. Enumerable.Range(0, units).Select(argument.Largest)];
            _slope = [.. Enumerable.Range(0, units).Select(unit => Math.Min(1, argument.TanhSlope(unit)))];
        }

        Output = new ValueRange([.. Largest.Select(value => bounded ? -value : 0)], Largest);
        Euclidean = Outward.Up(_slope.Max() * _recurrent.Norm);
    }

    public override double[] Largest { get; }

    public override string States => "h";

    public override ValueRange Output { get; }

    public override double? Euclidean { get; }

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _input.Apply(input);
        for (int unit = 0; unit < after.Length; unit++)
            after[unit] = Outward.Up(_slope[unit] * (Outward.Sum(_recurrent.Row(unit), before) + fromInput.Channels[unit]));
    }

    public override Difference Read(Difference states, Difference input) => states;

    // ReLU: |h′| ≤ ‖R‖₂ |h| + |W x + b|, so |h| ≤ sup|W x + b| / (1 − ‖R‖₂).
    private static double[] Growth(ValueRange fromInput, double norm)
    {
        double most = norm < 1 ? Outward.Up(Outward.Length(fromInput.Magnitudes()) / (1 - norm)) : double.PositiveInfinity;
        return [.. Enumerable.Repeat(most, fromInput.Count)];
    }
}

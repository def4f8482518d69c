namespace MLNet.Sequence.Certificates;

/// <summary>
/// h′ = (1 − z) n + z h, n = tanh(W_n x + b + r (R_n h + q)): with A = tanh′_n (ρ |R_n| + σ′_r sup|R_n h + q| |R_r|) |Δh| and
/// K = sup|h − n| |R_z| |Δh|, and the same for W and Δx, |Δh′| ≤ sup over z of z |Δh| + (1 − z) A + z (1 − z) K.
/// </summary>
internal sealed class GruCell : CellBound
{
    private readonly BoundMatrix _input, _recurrent;
    private readonly GateRange _reset, _update;
    private readonly GateRange _new;
    private readonly double[] _inner;
    private readonly int _units;

    public GruCell(Func<string, double[]> own, ValueRange input)
    {
        double[] weight = own("weight_ih"), bias = own("bias_ih"), shift = own("bias_hh");
        _units = bias.Length / 3;
        int n = _units;
        _input = new BoundMatrix(weight, input.Count);
        _recurrent = new BoundMatrix(own("weight_hh"), n);
        // The two biases of r and z only ever appear as a sum; those of n do not.
        ValueRange all = input.Affine(weight, [.. bias.Select((value, i) => i < 2 * n ? value + shift[i] : value)], 3 * n);
        ValueRange Part(int gate) => new(all.Low[(gate * n)..((gate + 1) * n)], all.High[(gate * n)..((gate + 1) * n)]);
        double[] hidden = [.. Enumerable.Repeat(1.0, n)];
        (_inner, _reset, _update, _new) = ([], new GateRange(Part(0)), new GateRange(Part(1)), new GateRange(Part(2)));
        // Each bound of the states gives a better one: h is a mean of all n so far, and of 0.
        for (int i = 0; i < 3; i++)
        {
            (_reset, _update) = (new GateRange(Part(0), _recurrent, 0, hidden), new GateRange(Part(1), _recurrent, n, hidden));
            _inner = [.. Enumerable.Range(0, n).Select(unit => Outward.Up(Outward.Sum(_recurrent.Row(2 * n + unit), hidden) + Math.Abs(shift[2 * n + unit])))];
            double[] reach = [.. Enumerable.Range(0, n).Select(unit => Outward.Up(_reset.Widest(unit) * _inner[unit]))];
            _new = new GateRange(Part(2).Plus(new ValueRange([.. reach.Select(value => -value)], reach)));
            hidden = [.. Enumerable.Range(0, n).Select(_new.Largest)];
        }

        Largest = hidden;
        Output = new ValueRange([.. hidden.Select(value => -value)], hidden);
    }

    public override double[] Largest { get; }

    public override string States => "h";

    public override ValueRange Output { get; }

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _input.Apply(input);
        for (int unit = 0; unit < _units; unit++)
        {
            int reset = unit, update = _units + unit, fresh = 2 * _units + unit;
            double gated = Outward.Sum(_recurrent.Row(fresh), before) * _reset.Widest(unit)
                + _reset.SigmoidSlope(unit) * _inner[unit] * (Outward.Sum(_recurrent.Row(reset), before) + fromInput.Channels[reset]);
            double a = _new.TanhSlope(unit) * (gated + fromInput.Channels[fresh]);
            // h and n are both within ±Largest.
            double k = 2 * Largest[unit] * (Outward.Sum(_recurrent.Row(update), before) + fromInput.Channels[update]);
            after[unit] = Outward.Up(_update.Mixed(unit, before[unit], a, k));
        }
    }

    public override Difference Read(Difference states, Difference input) => states;
}

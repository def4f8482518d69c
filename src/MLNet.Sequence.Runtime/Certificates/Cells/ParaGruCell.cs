namespace MLNet.Sequence.Certificates;

/// <summary>
/// h′ = (1 − z) h + z n, n = tanh(x_n + a_n r h), with z and r gates of x + a h: for each unit, with
/// A = tanh′_n (|a_n| (ρ |Δh| + σ′_r sup|h| (|a_r| |Δh| + |Δx_r|)) + |Δx_n|) and K = sup|n − h| (|a_z| |Δh| + |Δx_z|),
/// |Δh′| ≤ sup over z of z A + (1 − z) |Δh| + z (1 − z) K. h is a mean of all n so far, and of 0.
/// </summary>
internal sealed class ParaGruCell : CellBound
{
    private readonly BoundMatrix _input;
    private readonly double[] _recurrent;
    private readonly int _units;
    private readonly GateRange _update, _reset, _new;

    public ParaGruCell(Func<string, double[]> own, ValueRange input)
    {
        double[] weight = own("weight"), bias = own("bias");
        _units = bias.Length / 3;
        _input = new BoundMatrix(weight, input.Count);
        _recurrent = Array.ConvertAll(own("recurrent"), Math.Abs);
        ValueRange all = input.Affine(weight, bias, bias.Length);
        double[] hidden = [.. Enumerable.Repeat(1.0, _units)];
        GateRange Gate(int gate, Func<int, double> state) =>
            GateRange.OfUnits(all, gate, [.. Enumerable.Range(0, _units).Select(unit => Outward.Up(_recurrent[gate * _units + unit] * state(unit)))]);
        (_update, _reset, _new) = (Gate(0, unit => hidden[unit]), Gate(1, unit => hidden[unit]), Gate(2, unit => hidden[unit]));
        // Each bound of the states gives a better one.
        for (int i = 0; i < 3; i++)
        {
            (_update, _reset) = (Gate(0, unit => hidden[unit]), Gate(1, unit => hidden[unit]));
            _new = Gate(2, unit => Outward.Up(_reset.Widest(unit) * hidden[unit]));
            hidden = [.. Enumerable.Range(0, _units).Select(_new.Largest)];
        }

        Largest = hidden;
        Output = new ValueRange([.. hidden.Select(value => -value)], hidden);
    }

    public override double[] Largest { get; }

    public override string States => "h";

    public override ValueRange Output { get; }

    public override bool IsDiagonal => true;

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _input.Apply(input);
        for (int unit = 0; unit < _units; unit++)
        {
            int reset = _units + unit, fresh = 2 * _units + unit;
            double gated = Outward.Times(_reset.Widest(unit), before[unit])
                + Outward.Times(_reset.SigmoidSlope(unit) * Largest[unit], Outward.Times(_recurrent[reset], before[unit]) + fromInput.Channels[reset]);
            double a = _new.TanhSlope(unit) * (Outward.Times(_recurrent[fresh], gated) + fromInput.Channels[fresh]);
            // h and n are both within ±Largest.
            double k = Outward.Times(2 * Largest[unit], Outward.Times(_recurrent[unit], before[unit]) + fromInput.Channels[unit]);
            after[unit] = Outward.Up(_update.Mixed(unit, a, before[unit], k));
        }
    }

    public override Difference Read(Difference states, Difference input) => states;
}

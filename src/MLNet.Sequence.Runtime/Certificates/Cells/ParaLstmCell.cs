namespace MLNet.Sequence.Certificates;

/// <summary>
/// c′ = f c + (1 − f) n, h′ = o tanh(c′), with f a gate of x + a h + p c, n = tanh(x_n + a_n h), and o a gate of x + a h + p c′: for each unit,
/// with A = tanh′_n (|a_n| |Δh| + |Δx_n|) and K = sup|c − n| (|a_f| |Δh| + |p_f| |Δc| + |Δx_f|),
/// |Δc′| ≤ sup over f of f |Δc| + (1 − f) A + f (1 − f) K, |Δh′| ≤ O |Δc′| + σ′_o tanh(C) (|a_o| |Δh| + |p_o| |Δc′| + |Δx_o|).
/// c is a mean of all n so far, and of 0. States are c, then h.
/// </summary>
internal sealed class ParaLstmCell : CellBound
{
    private readonly BoundMatrix _input;
    private readonly double[] _recurrent, _peephole, _cell;
    private readonly int _units;
    private readonly GateRange _forget, _out, _new;

    public ParaLstmCell(Func<string, double[]> own, ValueRange input)
    {
        double[] weight = own("weight"), bias = own("bias");
        _units = bias.Length / 3;
        _input = new BoundMatrix(weight, input.Count);
        (_recurrent, _peephole) = (Array.ConvertAll(own("recurrent"), Math.Abs), Array.ConvertAll(own("peephole"), Math.Abs));
        ValueRange all = input.Affine(weight, bias, bias.Length);
        double[] hidden = [.. Enumerable.Repeat(1.0, _units)], none = new double[_units];
        GateRange Gate(int gate, double[] cell) => GateRange.OfUnits(all, gate, [.. Enumerable.Range(0, _units).Select(unit => Outward.Up(
            _recurrent[gate * _units + unit] * hidden[unit] + (gate < 2 ? _peephole[gate * _units + unit] * cell[unit] : 0)))]);
        _cell = hidden;
        (_forget, _out, _new) = (Gate(0, _cell), Gate(1, _cell), Gate(2, none));
        // Each bound of the states gives a better one.
        for (int i = 0; i < 3; i++)
        {
            _new = Gate(2, none);
            _cell = [.. Enumerable.Range(0, _units).Select(_new.Largest)];
            (_forget, _out) = (Gate(0, _cell), Gate(1, _cell));
            hidden = [.. Enumerable.Range(0, _units).Select(unit => Outward.Up(_out.Widest(unit) * Math.Tanh(_cell[unit])))];
        }

        Largest = [.. _cell, .. hidden];
        Output = new ValueRange([.. hidden.Select(value => -value)], hidden);
    }

    public override double[] Largest { get; }

    public override string States => "(c, h)";

    public override ValueRange Output { get; }

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _input.Apply(input);
        for (int unit = 0; unit < _units; unit++)
        {
            int open = _units + unit, fresh = 2 * _units + unit;
            double c = before[unit], h = before[open];
            double a = _new.TanhSlope(unit) * (Outward.Times(_recurrent[fresh], h) + fromInput.Channels[fresh]);
            // c and n are both within ±Largest.
            double k = Outward.Times(
                2 * _cell[unit], Outward.Times(_recurrent[unit], h) + Outward.Times(_peephole[unit], c) + fromInput.Channels[unit]);
            double cell = Outward.Up(_forget.Mixed(unit, c, a, k));
            double gate = Outward.Times(_recurrent[open], h) + Outward.Times(_peephole[open], cell) + fromInput.Channels[open];
            after[unit] = cell;
            after[open] = Outward.Up(Outward.Times(_out.Widest(unit), cell) + Outward.Times(_out.SigmoidSlope(unit) * Math.Tanh(_cell[unit]), gate));
        }
    }

    public override Difference Read(Difference states, Difference input) => new(states.Channels[_units..].ToArray(), states.Length);
}

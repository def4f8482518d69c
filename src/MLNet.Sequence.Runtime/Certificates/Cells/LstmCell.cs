namespace MLNet.Sequence.Certificates;

/// <summary>
/// c′ = f c + i g, h′ = o tanh(c′), gates of R h + W x + b: with supremum and steepest slope of each gate over the ranges of its arguments,
/// |Δc′| ≤ F |Δc| + (σ′_f C |R_f| + σ′_i G |R_i| + I tanh′_g |R_g|) |Δh|, |Δh′| ≤ O |Δc′| + σ′_o tanh(C) |R_o| |Δh|, and the same for W and
/// Δx. States are c, then h.
/// </summary>
internal sealed class LstmCell : CellBound
{
    private readonly BoundMatrix _input, _recurrent;
    private readonly int _units;
    private GateRange _in, _forget, _new, _out;
    private double[] _cell, _hidden;

    public LstmCell(Func<string, double[]> own, ValueRange input)
    {
        double[] weight = own("weight_ih"), bias = [.. own("bias_ih").Zip(own("bias_hh"), (one, other) => one + other)];
        _units = bias.Length / 4;
        _input = new BoundMatrix(weight, input.Count);
        _recurrent = new BoundMatrix(own("weight_hh"), _units);
        ValueRange all = input.Affine(weight, bias, 4 * _units);
        ValueRange Part(int gate) => new(all.Low[(gate * _units)..((gate + 1) * _units)], all.High[(gate * _units)..((gate + 1) * _units)]);
        _hidden = [.. Enumerable.Repeat(1.0, _units)];
        _cell = [];
        GateRange Gate(int gate) => new(Part(gate), _recurrent, gate * _units, _hidden);
        // Each bound of the states gives a better one.
        (_in, _forget, _new, _out) = (Gate(0), Gate(1), Gate(2), Gate(3));
        for (int i = 0; i < 3; i++)
        {
            (_in, _forget, _new, _out) = (Gate(0), Gate(1), Gate(2), Gate(3));
            _cell = [.. Enumerable.Range(0, _units).Select(unit => Outward.Up(_in.Widest(unit) * _new.Largest(unit) / _forget.LeastShut(unit)))];
            _hidden = [.. Enumerable.Range(0, _units).Select(unit => Outward.Up(_out.Widest(unit) * Math.Tanh(_cell[unit])))];
        }

        Largest = [.. _cell, .. _hidden];
        Output = new ValueRange([.. _hidden.Select(value => -value)], _hidden);
    }

    public override double[] Largest { get; }

    public override string States => "(c, h)";

    public override ValueRange Output { get; }

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _input.Apply(input);
        ReadOnlySpan<double> hidden = before[_units..];
        Span<double> seen = stackalloc double[4];
        for (int unit = 0; unit < _units; unit++)
        {
            for (int gate = 0; gate < 4; gate++)
                seen[gate] = Outward.Sum(_recurrent.Row(gate * _units + unit), hidden) + fromInput.Channels[gate * _units + unit];
            double cell = Outward.Up(Outward.Times(_forget.Widest(unit), before[unit])
                + Outward.Times(_forget.SigmoidSlope(unit) * _cell[unit], seen[1])
                + Outward.Times(_in.SigmoidSlope(unit) * _new.Largest(unit), seen[0])
                + Outward.Times(_in.Widest(unit) * _new.TanhSlope(unit), seen[2]));
            after[unit] = cell;
            after[_units + unit] = Outward.Up(
                Outward.Times(_out.Widest(unit), cell) + Outward.Times(_out.SigmoidSlope(unit) * Math.Tanh(_cell[unit]), seen[3]));
        }
    }

    public override Difference Read(Difference states, Difference input) => new(states.Channels[_units..].ToArray(), states.Length);
}

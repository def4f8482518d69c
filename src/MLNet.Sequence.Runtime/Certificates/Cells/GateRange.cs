namespace MLNet.Sequence.Certificates;

/// <summary>The range of the argument of a gate, or of a new state, unit by unit, and the ranges of σ and tanh of it.</summary>
internal sealed class GateRange
{
    private readonly ValueRange _argument;

    /// <param name="fromInput">The range of W x + b.</param>
    /// <param name="recurrent">|R|, this gate's rows.</param>
    /// <param name="first">The index of the gate's first row.</param>
    /// <param name="states">The largest state of each unit.</param>
    public GateRange(ValueRange fromInput, BoundMatrix recurrent, int first, double[] states)
    {
        double[] reach = [.. Enumerable.Range(first, fromInput.Count).Select(row => Outward.Sum(recurrent.Row(row), states))];
        _argument = fromInput.Plus(new ValueRange([.. reach.Select(value => -value)], reach));
    }

    public GateRange(ValueRange argument) => _argument = argument;

    /// <summary>A gate of units that read only themselves.</summary>
    /// <param name="fromInput">The range of W x + b of all gates, one behind the other.</param>
    /// <param name="gate">The index of this gate.</param>
    /// <param name="reach">The largest magnitude of what each unit adds.</param>
    public static GateRange OfUnits(ValueRange fromInput, int gate, double[] reach)
    {
        Range own = (gate * reach.Length)..((gate + 1) * reach.Length);
        return new(new ValueRange(fromInput.Low[own], fromInput.High[own]).Plus(new ValueRange([.. reach.Select(value => -value)], reach)));
    }

    /// <summary>sup σ.</summary>
    public double Widest(int unit) => Math.Min(1, Outward.Up(Outward.Sigmoid(_argument.High[unit])));

    /// <summary>inf σ.</summary>
    public double Narrowest(int unit) => Outward.Down(Outward.Sigmoid(_argument.Low[unit]));

    /// <summary>inf (1 − σ).</summary>
    public double LeastShut(int unit) => Outward.Down(Outward.Sigmoid(-_argument.High[unit]));

    /// <summary>sup σ′.</summary>
    public double SigmoidSlope(int unit)
    {
        double open = Outward.Sigmoid(Nearest(unit));
        return Outward.Up(open * (1 - open));
    }

    /// <summary>sup |tanh|.</summary>
    public double Largest(int unit) => Math.Min(1, Outward.Up(Math.Tanh(_argument.Magnitude(unit))));

    /// <summary>sup tanh′ = sup 1 / cosh².</summary>
    public double TanhSlope(int unit)
    {
        double cosh = Math.Cosh(Nearest(unit));
        return Outward.Up(1 / (cosh * cosh));
    }

    /// <summary>The largest σ one + (1 − σ) other + σ (1 − σ) turn over the gate's range; a turn is the effect of a change of the gate.</summary>
    public double Mixed(int unit, double one, double other, double turn)
    {
        double low = Narrowest(unit), high = Widest(unit);
        if (double.IsInfinity(one) || double.IsInfinity(other) || double.IsInfinity(turn))
            return double.PositiveInfinity;
        double At(double z) => z * one + (1 - z) * other + z * (1 - z) * turn;
        // A parabola with its maximum at ½ + (one − other) / 2 turn.
        double top = turn > 0 ? Math.Clamp(0.5 + (one - other) / (2 * turn), low, high) : low;
        return Math.Max(At(top), Math.Max(At(low), At(high)));
    }

    // Both functions are steepest where the argument is nearest to 0. That point is moved a little towards 0, because the range is rounded.
    private double Nearest(int unit)
    {
        double distance = Math.Max(0, Math.Max(_argument.Low[unit], -_argument.High[unit]));
        return double.IsInfinity(distance) ? 0 : Outward.Down(distance);
    }
}

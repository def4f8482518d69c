namespace MLNet.Sequence.Certificates;

/// <summary>
/// x′ = λ x + γ B u, y = Re(C x′) + D u, with complex states: |Δx′| ≤ |λ| |Δx| + γ |B| |Δu| for each state, and |Δy| ≤ |C| |Δx′| + |D|
/// |Δu|, with the absolute values of complex numbers. |x| ≤ sup γ |B u| / (1 − |λ|).
/// </summary>
internal sealed class LruCell : CellBound
{
    // In float32 a radius above this is 1.
    private const double Nearest = 1 - 6e-8;

    private readonly BoundMatrix _in, _out;
    private readonly double[] _radius, _skip;

    public LruCell(Func<string, double[]> own, ValueRange input)
    {
        double[] decay = own("nu_log"), gain = own("gamma_log"), into = own("weight_in"), outOf = own("weight_out");
        int states = decay.Length, channels = input.Count;
        _skip = [.. own("skip").Select(Math.Abs)];
        _radius = [.. decay.Select(value => Outward.Up(Math.Exp(-Math.Exp(value)))).Select(radius => radius > Nearest ? 1 : radius)];
        double[] b = new double[states * channels], c = new double[channels * states];
        for (int i = 0; i < b.Length; i++)
            b[i] = Outward.Up(Math.Exp(gain[i / channels]) * Hypotenuse(into[i], into[b.Length + i]));
        for (int i = 0; i < c.Length; i++)
        {
            int row = i / states * 2 * states, column = i % states;
            c[i] = Outward.Up(Hypotenuse(outOf[row + column], outOf[row + states + column]));
        }

        (_in, _out) = (new BoundMatrix(b, channels), new BoundMatrix(c, states));
        double[] magnitudes = input.Magnitudes();
        Largest = [.. _radius.Select((radius, state) => Outward.Up(Outward.Sum(_in.Row(state), magnitudes) / Outward.Down(1 - radius)))];
        double[] most = [.. Enumerable.Range(0, channels).Select(row =>
            Outward.Up(Outward.Sum(_out.Row(row), Largest) + Outward.Times(_skip[row], magnitudes[row])))];
        Output = new ValueRange([.. most.Select(value => -value)], most);
    }

    public override double[] Largest { get; }

    public override string States => "x";

    public override ValueRange Output { get; }

    public override bool IsDiagonal => true;

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _in.Apply(input);
        for (int state = 0; state < after.Length; state++)
            after[state] = Outward.Up(Outward.Times(_radius[state], before[state]) + fromInput.Channels[state]);
    }

    public override Difference Read(Difference states, Difference input)
    {
        Difference fromStates = _out.Apply(states);
        return input.IsNone
            ? fromStates
            : fromStates.Plus(new Difference([.. _skip.Select((value, i) => Outward.Up(Outward.Times(value, input.Channels[i])))]));
    }

    private static double Hypotenuse(double real, double imaginary) => Math.Sqrt(real * real + imaginary * imaginary);
}

namespace MLNet.Sequence.Certificates;

/// <summary>
/// h′ = a h + (1 − a) g with a = σ(k); k and g depend only on the input: |Δh′| ≤ A |Δh| + (1 − a) |Δg| + sup a (1 − a) |h − g| |Δk|.
/// h is a mean of all g so far, and of 0.
/// </summary>
internal sealed class MinimalCell : CellBound
{
    private readonly BoundMatrix _weight;
    private readonly double[] _keep, _slope, _most;
    private readonly int _units, _gates;

    public MinimalCell(bool forgets, Func<string, double[]> own, ValueRange input)
    {
        double[] weight = own("weight"), bias = own("bias");
        _gates = forgets ? 2 : 1;
        _units = bias.Length / (_gates + 1);
        _weight = new BoundMatrix(weight, input.Count);
        ValueRange all = input.Affine(weight, bias, bias.Length);
        int first = _gates * _units;
        // f / (f + i) increases with f and decreases with i; 1 − z = σ(−z) decreases with z.
        _keep = [.. Enumerable.Range(0, _units).Select(unit => Math.Min(1, Outward.Up(forgets
            ? Share(all.High[unit], all.Low[_units + unit])
            : Outward.Sigmoid(-all.Low[unit]))))];
        _most = [.. Enumerable.Range(first, _units).Select(row => Outward.Up(Candidate(all.High[row])))];
        // g has slope 1 from 0 on, and σ′ below.
        _slope = [.. Enumerable.Range(first, _units).Select(row => all.High[row] >= 0 ? 1 : 0.25)];
        Largest = _most;
        Output = new ValueRange(new double[_units], _most);
    }

    public override double[] Largest { get; }

    public override string States => "h";

    public override ValueRange Output { get; }

    public override bool IsDiagonal => true;

    public override void Step(ReadOnlySpan<double> before, Difference input, Span<double> after)
    {
        Difference fromInput = _weight.Apply(input);
        for (int unit = 0; unit < _units; unit++)
        {
            // k is −z for the one and ln σ(f) − ln σ(i) for the other, whose slope in f or i is at most 1.
            double gates = 0;
            for (int gate = 0; gate < _gates; gate++)
                gates += fromInput.Channels[gate * _units + unit];
            after[unit] = Outward.Up(Outward.Times(_keep[unit], before[unit])
                + _slope[unit] * fromInput.Channels[_gates * _units + unit] + Outward.Times(_most[unit] / 4, gates));
        }
    }

    public override Difference Read(Difference states, Difference input) => states;

    private static double Share(double forget, double input)
    {
        // σ(f) / (σ(f) + σ(i)) = 1 / (1 + σ(i) / σ(f)), whose quotient is (1 + e^−f) / (1 + e^−i).
        double quotient = (1 + Math.Exp(-forget)) / (1 + Math.Exp(-input));
        return 1 / (1 + quotient);
    }

    private static double Candidate(double x) => x >= 0 ? x + 0.5 : Outward.Sigmoid(x);
}

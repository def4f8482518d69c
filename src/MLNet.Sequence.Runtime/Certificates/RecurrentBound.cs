namespace MLNet.Sequence.Certificates;

/// <summary>
/// A layer with a state of unbounded memory: differences of states shrink by λ in each known norm, and grow by the input's differences and
/// by rounding, which keeps two runs apart by about its size / (1 − λ).
/// </summary>
/// <param name="name">The layer, in words.</param>
/// <param name="cell">One step of it.</param>
/// <param name="input">Its channels, and the spacing of the floating-point numbers that it computes with.</param>
internal sealed class RecurrentBound(string name, CellBound cell, (int Channels, double Spacing) input) : LayerBound(cell.Output)
{
    // A new state is a sum of two products with each factor rounded: 2 spacings in each of two runs.
    private const int Roundings = 4;

    private readonly ContractionNorm[] _norms = ContractionNorm.Find(cell, input.Channels);
    private readonly double[] _rounding = [.. cell.Largest.Select(size => Outward.Up(Roundings * input.Spacing * size))];

    public string Name => name;

    /// <summary>The norm with the smallest factor.</summary>
    public ContractionNorm Norm => _norms[0];

    /// <summary>An upper bound on the norm of all states, in <see cref="Norm"/>.</summary>
    public double StateBound => Norm.Of(new Difference([.. cell.Largest]));

    public override IEnumerable<EndlessState> Recurrent() => [new EndlessState(this, Stride: 1)];

    public override IEnumerable<string> Obstacles()
    {
        // A factor that float32 rounds to 1 is 1 in the network.
        if (!((float)Norm.Lambda < 1))
            yield return FormattableString.Invariant($"no contraction is proved of {name}: the least factor found is {Norm.Lambda:G4}, in the {Norm.Name}");
        else if (cell.Largest.Any(double.IsInfinity))
            yield return $"the state of {name} has no bound where the range of its inputs is not known";
    }

    public override DifferenceStep Start(Past past)
    {
        if (past.Probed is { } probe && probe.Layer == this)
            return Probed(probe);
        return cell.IsDiagonal ? EachAlone(past) : InNorms(past);
    }

    private DifferenceStep Probed(Probe probe)
    {
        double size = probe.Size;
        return input =>
        {
            Difference read = cell.Read(Norm.Ball(size, cell.Largest.Length), input);
            size = probe.Fades ? Outward.Up(Outward.Times(Norm.Lambda, size)) : size;
            return read;
        };
    }

    // Every state has its own factor: all are followed.
    private DifferenceStep EachAlone(Past past)
    {
        double[] states = past.Open ? [.. cell.Largest] : new double[cell.Largest.Length], after = new double[states.Length];
        return input =>
        {
            cell.Step(states, input, after);
            for (int i = 0; i < states.Length; i++)
                states[i] = Math.Min(Rounded(after[i], _rounding[i], past), 2 * cell.Largest[i]);
            return cell.Read(new Difference([.. states]), input).Within(Output);
        };
    }

    // In each norm: at most λ times the earlier difference, plus the inputs' differences. The smallest bound holds.
    private DifferenceStep InNorms(Past past)
    {
        int count = cell.Largest.Length;
        var largest = new Difference([.. cell.Largest]);
        double[] sizes = [.. _norms.Select(norm => past.Open ? norm.Of(largest) : 0)];
        var rounding = new Difference([.. _rounding]);
        double[] rounded = [.. _norms.Select(norm => norm.Of(rounding))];
        double[] nothing = new double[count], added = new double[count];
        return input =>
        {
            Difference? entering = null;
            if (!input.IsNone)
            {
                cell.Step(nothing, input, added);
                entering = new Difference([.. added]);
            }

            var states = new Difference([.. cell.Largest.Select(value => 2 * value)]);
            for (int i = 0; i < _norms.Length; i++)
            {
                sizes[i] = Outward.Up(Outward.Times(_norms[i].Lambda, sizes[i]));
                if (entering is not null)
                    sizes[i] = Outward.Up(sizes[i] + _norms[i].Of(entering));
                sizes[i] = Rounded(sizes[i], rounded[i], past);
                states = states.Least(_norms[i].Ball(sizes[i], count));
            }

            // A bound in one norm is a bound in all.
            for (int i = 0; i < _norms.Length; i++)
                sizes[i] = Math.Min(sizes[i], _norms[i].Of(states));
            return cell.Read(states, input).Within(Output);
        };
    }

    // Runs with equal states stay equal; the effect of a difference of 1 is computed for real numbers.
    private static double Rounded(double difference, double rounding, Past past) =>
        difference == 0 || past.Probed is not null ? difference : Outward.Up(difference + rounding);
}

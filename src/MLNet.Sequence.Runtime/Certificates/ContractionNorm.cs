using System.Numerics.Tensors;

namespace MLNet.Sequence.Certificates;

/// <summary>A norm of a recurrent layer's states, and a bound on the factor by which a step multiplies the difference of two states.</summary>
/// <param name="Name">In words.</param>
/// <param name="Lambda">The factor.</param>
/// <param name="Weights">v of max_j |s_j| / v_j, with largest element 1; null: the Euclidean norm.</param>
internal sealed record ContractionNorm(string Name, double Lambda, double[]? Weights)
{
    private const int Iterations = 300;

    /// <summary>The norm of a difference.</summary>
    public double Of(Difference difference)
    {
        if (Weights is null)
            return difference.Length;
        double most = 0;
        for (int i = 0; i < Weights.Length; i++)
            most = Math.Max(most, difference.Channels[i] / Weights[i]);
        return Outward.Up(most);
    }

    /// <summary>The largest norm of a difference whose Euclidean norm is 1.</summary>
    public double PerEuclidean => Weights is null ? 1 : Outward.Up(1 / Weights.Min());

    /// <summary>Bounds on all differences with at most this norm.</summary>
    public Difference Ball(double size, int states) => Weights is null
        ? new Difference([.. Enumerable.Repeat(size, states)], size)
        : new Difference([.. Weights.Select(weight => Outward.Up(Outward.Times(weight, size)))]);

    /// <summary>The norms in which a factor of a cell is known, smallest factor first.</summary>
    public static ContractionNorm[] Find(CellBound cell, int channels)
    {
        int states = cell.Largest.Length;
        var none = Difference.None(channels);
        var norms = new List<ContractionNorm>();
        if (cell.Euclidean is { } factor)
            norms.Add(new ContractionNorm($"Euclidean norm of {cell.States}", factor, null));
        double[] ones = [.. Enumerable.Repeat(1.0, states)], after = new double[states];
        cell.Step(ones, none, after);
        norms.Add(new ContractionNorm($"max norm of {cell.States}", TensorPrimitives.Max<double>(after), ones));
        if (!cell.IsDiagonal && double.IsFinite(norms[^1].Lambda))
            norms.Add(Perron(cell, none, after));
        return [.. norms.OrderBy(norm => norm.Lambda)];
    }

    // max_j Step(v)_j / v_j is a factor for every positive v. v ← Step(v) + c v brings it down to the Perron root of the comparison matrix
    // (Collatz and Wielandt); c v prevents cycles. Weights are kept above 0.
    private static ContractionNorm Perron(CellBound cell, Difference none, double[] first)
    {
        double[] v = Normalized(first), best = v, after = new double[v.Length];
        double least = double.PositiveInfinity;
        for (int i = 0; i < Iterations; i++)
        {
            cell.Step(v, none, after);
            double factor = Factor(after, v);
            if (factor >= least * (1 - 1e-7))
                break;
            (least, best) = (factor, v);
            double[] previous = v;
            v = Normalized([.. after.Select((value, j) => value + 0.5 * least * previous[j])]);
        }

        return new ContractionNorm($"weighted max norm of {cell.States}", least, best);
    }

    private static double Factor(double[] after, double[] v)
    {
        double most = 0;
        for (int i = 0; i < v.Length; i++)
            most = Math.Max(most, after[i] / v[i]);
        return Outward.Up(most);
    }

    private static double[] Normalized(double[] values)
    {
        double most = Math.Max(TensorPrimitives.Max<double>(values), double.Epsilon);
        return [.. values.Select(value => Math.Max(value / most, 1e-6))];
    }
}

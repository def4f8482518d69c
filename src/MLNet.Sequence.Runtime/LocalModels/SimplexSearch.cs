namespace MLNet.Sequence.LocalModels;

/// <summary>
/// The minimum of a function without derivatives (Nelder and Mead, "A simplex method for function minimization", 1965). Where the function is
/// infinite, a point is outside its range.
/// </summary>
internal static class SimplexSearch
{
    private const int Rounds = 400;
    private const double Enough = 1e-9;

    /// <param name="function">The function.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="spans">How far the other corners of the first simplex are away, one for each coordinate.</param>
    public static double[] Minimise(Func<double[], double> function, double[] start, double[] spans)
    {
        Corner Of(double[] point) => new(point, function(point));
        Corner[] corners = [.. Enumerable.Range(-1, start.Length + 1)
            .Select(moved => Of([.. start.Select((value, i) => i == moved ? value + spans[i] : value)]))];
        for (int round = 0; round < Rounds * start.Length; round++)
        {
            Array.Sort(corners, (one, other) => one.Value.CompareTo(other.Value));
            Corner best = corners[0], worst = corners[^1];
            if (double.IsFinite(worst.Value) && worst.Value - best.Value <= Enough * (Math.Abs(best.Value) + Enough))
                break;
            double[] middle = [.. start.Select((_, i) => corners.SkipLast(1).Average(corner => corner.Point[i]))];
            Corner At(double part) => Of([.. middle.Select((value, i) => value + part * (worst.Point[i] - value))]);

            Corner mirrored = At(-1);
            if (mirrored.Value < best.Value)
            {
                Corner further = At(-2);
                corners[^1] = further.Value < mirrored.Value ? further : mirrored;
            }
            else if (mirrored.Value < corners[^2].Value)
            {
                corners[^1] = mirrored;
            }
            else
            {
                Corner nearer = mirrored.Value < worst.Value ? At(-0.5) : At(0.5);
                if (nearer.Value < Math.Min(worst.Value, mirrored.Value))
                    corners[^1] = nearer;
                else
                    Shrink(corners, function);
            }
        }

        return corners.MinBy(corner => corner.Value).Point;
    }

    private static void Shrink(Corner[] corners, Func<double[], double> function)
    {
        double[] best = corners[0].Point;
        for (int i = 1; i < corners.Length; i++)
        {
            double[] point = [.. corners[i].Point.Select((value, place) => (value + best[place]) / 2)];
            corners[i] = new Corner(point, function(point));
        }
    }

    private readonly record struct Corner(double[] Point, double Value);
}

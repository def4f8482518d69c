using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Ridge regression, as in <see cref="Ridge"/>, for rows without sequences.</summary>
internal static class LeastSquares
{
    /// <param name="training">Inputs and targets, each divided by its standard deviation.</param>
    /// <param name="validation">The rows that are used to choose λ.</param>
    /// <returns>A function from inputs to predicted targets.</returns>
    public static Func<float[], double[]> Fit((float[] Inputs, double[] Targets)[] training, (float[] Inputs, double[] Targets)[] validation)
    {
        TorchRuntime.EnsureLoaded();
        using TorchThreads running = TorchThreads.Use(1);
        using var scope = NewDisposeScope();
        var solution = new RidgeSolution(Moments(training));
        (Tensor weight, Tensor bias) = solution.Solve(solution.Choose(Moments(validation)));
        double[] w = weight.contiguous().data<double>().ToArray(), b = bias.contiguous().data<double>().ToArray(); // [p, m], [1, m]
        return inputs => [.. b.Select((start, target) => start + inputs.Select((input, i) => input * w[i * b.Length + target]).Sum())];
    }

    private static SecondMoments Moments((float[] Inputs, double[] Targets)[] rows)
    {
        (int inputs, int targets) = (rows[0].Inputs.Length, rows[0].Targets.Length);
        double[] flat = [.. rows.SelectMany(row => (double[])[1, .. row.Inputs.Select(input => (double)input), .. row.Targets])];
        Tensor z = tensor(flat, [rows.Length, 1 + inputs + targets]).clone();
        return new SecondMoments(z.t().mm(z).Div_(rows.Length), rows.Length, inputs, ones(targets, ScalarType.Bool));
    }
}

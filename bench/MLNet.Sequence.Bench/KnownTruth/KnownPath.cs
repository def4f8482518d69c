using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>A generated series, and the best forecast of each step from those before it, given the process.</summary>
/// <param name="Values">y_t.</param>
/// <param name="Best">E[y_t | y_0 … y_{t−1}], given the process and its parameters.</param>
internal sealed record KnownPath(double[] Values, double[] Best)
{
    /// <summary>The mean squared error of the best forecast from a step on, in deviations of the training rows.</summary>
    public double BestError(int from, int training)
    {
        double[] before = Values[..training];
        double mean = before.Average(), variance = before.Average(value => (value - mean) * (value - mean));
        return Enumerable.Range(from, Values.Length - from).Average(t => Math.Pow(Values[t] - Best[t], 2)) / variance;
    }
}

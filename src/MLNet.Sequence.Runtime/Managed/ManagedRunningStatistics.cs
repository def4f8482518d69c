using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// For each channel, the state is the first value, the mean, Σ (x − x̄)², the smallest and largest value and Σ (t − t̄) (x − x̄), updated
/// step by step without loss of digits (Welford 1962).
/// </summary>
internal sealed class ManagedRunningStatistics(int size) : IManagedLayer
{
    private const int OfState = 6;

    public int InputSize => size;

    public int OutputSize => RunningStatistics.OfChannel * size + 1;

    public int StateSize => OfState * size;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        float n = time + 1;
        for (int channel = 0; channel < size; channel++)
        {
            float x = input[channel];
            Span<float> own = state.Slice(channel * OfState, OfState), said = output.Slice(channel * RunningStatistics.OfChannel, RunningStatistics.OfChannel);
            (float first, float least, float largest) = time == 0 ? (x, x, x) : (own[0], Math.Min(own[3], x), Math.Max(own[4], x));
            float before = x - own[1], mean = own[1] + before / n, after = x - mean;
            (float squares, float moment) = (own[2] + before * after, own[5] + n / 2 * after);
            (own[0], own[1], own[2], own[3], own[4], own[5]) = (first, mean, squares, least, largest, moment);
            (said[0], said[1], said[2], said[3]) = (mean, MathF.Sqrt(squares / n), least, largest);
            // Σ (t − t̄)² = n (n² − 1) / 12, and n − 1 steps from the first to the last.
            (said[4], said[5], said[6]) = (first, x, 12 * moment / (n * (n + 1)));
        }

        output[^1] = n;
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        using RentedFloats state = RentedFloats.Zeros(StateSize);
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * size, size), output.Slice(t * OutputSize, OutputSize), state.Values, t);
    }
}

using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Memory;

/// <summary>
/// The largest Lyapunov exponent along data: two close states get the same inputs, and after each step the second is moved back to the
/// initial distance, on the line to the first (Benettin et al. 1980, "Lyapunov characteristic exponents", part 2). Every sequence starts
/// from the zero state; the direction is carried on from one sequence to the next.
/// </summary>
internal static class ContractionRate
{
    // Far above the rounding errors of float32 for states near 1, and small enough for the map to be near its tangent.
    private const double Distance = 1e-3;

    // The first steps turn the direction towards the one that shrinks least; only the growth after them counts.
    private const int Settling = 16;

    // Two states that are equal in float32 cannot get closer.
    private const double Least = 1e-6;

    // A state begins with its step counter.
    private const int Counter = ManagedNetwork.CounterSize;

    /// <param name="network">A network that can be stepped.</param>
    /// <param name="sequences">Its inputs.</param>
    /// <param name="seed">The seed of the first direction.</param>
    /// <param name="beside">The other inputs of each sequence; null: none.</param>
    /// <returns>Per step; null if too few steps are known.</returns>
    public static double? Exponent(ManagedNetwork network, IEnumerable<float[]> sequences, long seed, Func<int, float[]>? beside = null)
    {
        var random = new RandomStream(seed);
        float[] near = new float[network.StateSize], output = new float[network.OutputSize];
        var direction = new double[network.StateSize];
        bool apart = false;
        double sum = 0;
        long steps = 0;
        foreach ((int number, float[] sequence) in sequences.Index())
        {
            float[] same = beside?.Invoke(number) ?? [];
            // The first step is taken alone: some layers set up their state in it.
            var state = new float[network.StateSize];
            network.Step(sequence.AsSpan(0, network.InputSize), output, state, same);
            for (int at = network.InputSize; at < sequence.Length; at += network.InputSize)
            {
                float[] input = sequence[at..(at + network.InputSize)];
                for (int i = 0; i < near.Length; i++)
                    near[i] = i < Counter ? state[i] : (float)(state[i] + Distance * direction[i]);
                network.Step(apart ? input : Moved(input, random), output, near, same);
                network.Step(input, output, state, same);
                double factor = Turn(direction, near, state) / Distance;
                if (apart && ++steps > Settling)
                    sum += Math.Log(Math.Max(factor, Least));
                apart = factor > Least;
            }
        }

        return steps > 2 * Settling ? sum / (steps - Settling) : null;
    }

    // States are separated by an input, not moved: some of their values are memory that no step reads, where a difference would stay.
    private static float[] Moved(float[] input, RandomStream random) =>
        [.. input.Select(value => (float)(value + Distance * random.NextNormal()))];

    // Points from one state to the other; returns the distance.
    private static double Turn(double[] direction, float[] near, float[] state)
    {
        double squares = 0;
        for (int i = Counter; i < direction.Length; i++)
        {
            direction[i] = (double)near[i] - state[i];
            squares += direction[i] * direction[i];
        }

        double length = Math.Sqrt(squares);
        for (int i = Counter; i < direction.Length; i++)
            direction[i] = length > Least * Distance ? direction[i] / length : 0;
        return length;
    }
}

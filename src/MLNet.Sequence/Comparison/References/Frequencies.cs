namespace MLNet.Sequence.Comparison;

/// <summary>How often things occur.</summary>
internal static class Frequencies
{
    /// <summary>
    /// The part of each, with each counted once more (Laplace's rule of succession), so that what was never seen costs a finite
    /// number of nats.
    /// </summary>
    /// <param name="seen">What was seen, by number from 0.</param>
    /// <param name="count">How many different things there are.</param>
    public static float[] Of(IEnumerable<int> seen, int count)
    {
        var counts = new long[count];
        Array.Fill(counts, 1);
        foreach (int one in seen)
            counts[one]++;
        return [.. counts.Select(occurs => (float)((double)occurs / counts.Sum()))];
    }
}

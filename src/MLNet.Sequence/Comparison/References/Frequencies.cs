namespace MLNet.Sequence.Comparison;

/// <summary>Relative frequencies.</summary>
internal static class Frequencies
{
    /// <summary>
    /// The frequency of each outcome, with each count plus one (Laplace's rule of succession), so that an unseen outcome has a finite
    /// log-loss.
    /// </summary>
    /// <param name="seen">The seen outcomes, by number from 0.</param>
    /// <param name="count">The number of different outcomes.</param>
    public static float[] Of(IEnumerable<int> seen, int count)
    {
        var counts = new long[count];
        Array.Fill(counts, 1);
        foreach (int one in seen)
            counts[one]++;
        return [.. counts.Select(occurs => (float)((double)occurs / counts.Sum()))];
    }
}

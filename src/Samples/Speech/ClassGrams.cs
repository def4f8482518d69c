namespace MLNet.Sequence.Samples.Speech;

/// <summary>
/// n-grams of classes: the share of each class after the last n − 1, mixed with that of shorter pasts by the number of different followers (Witten
/// and Bell, 1991): p(w | h) = (c(h, w) + T(h) p(w | shorter h)) / (c(h) + T(h)).
/// </summary>
internal sealed class ClassGrams
{
    public const int Longest = 4;

    private readonly Dictionary<long, Counts>[] _counts = [.. Enumerable.Range(0, Longest).Select(_ => new Dictionary<long, Counts>())];

    public ClassGrams(IEnumerable<byte[]> rows)
    {
        foreach (byte[] row in rows)
        {
            for (int t = 1; t < row.Length; t++)
            {
                for (int past = 0; past < Longest && past <= t; past++)
                {
                    long key = Key(row, t, past);
                    if (!_counts[past].TryGetValue(key, out Counts? counts))
                        _counts[past][key] = counts = new Counts();
                    counts.Add(row[t]);
                }
            }
        }
    }

    /// <summary>Bits per sample of the n-gram, over the same samples as a next-step model: all but the first of each row.</summary>
    public double Bits(int n, IEnumerable<byte[]> rows)
    {
        (double sum, long count) = (0, 0);
        foreach (byte[] row in rows)
        {
            for (int t = 1; t < row.Length; t++)
                (sum, count) = (sum - Math.Log2(Probability(row, t, n - 1)), count + 1);
        }

        return sum / count;
    }

    private double Probability(byte[] row, int t, int past)
    {
        double shorter = past == 0 ? 1.0 / MuLaw.Classes : Probability(row, t, past - 1);
        if (past > t || !_counts[past].TryGetValue(Key(row, t, past), out Counts? counts))
            return shorter;
        return (counts.Of(row[t]) + counts.Different * shorter) / (counts.All + counts.Different);
    }

    private static long Key(byte[] row, int t, int past)
    {
        long key = 0;
        for (int back = 1; back <= past; back++)
            key = key << 8 | row[t - back];
        return key;
    }

    private sealed class Counts
    {
        private readonly Dictionary<byte, int> _by = [];

        public int All { get; private set; }

        public int Different => _by.Count;

        public int Of(byte one) => _by.GetValueOrDefault(one);

        public void Add(byte one)
        {
            _by[one] = Of(one) + 1;
            All++;
        }
    }
}

using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>Generates the rows.</summary>
public sealed partial class KnownTruthRowsTests
{
    // x_t = 1.2 x_{t−1} − .6 x_{t−2} + noise, after a long burn-in.
    private static Row[] Series(int rows, int seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var values = new double[60 + Steps];
            for (int i = 2; i < values.Length; i++)
                values[i] = 1.2 * values[i - 1] - 0.6 * values[i - 2] + random.NextNormal();
            return new Row { Values = [.. values[60..].Select(value => (float)value)] };
        })];
    }

    private static Row[] Made(int rows, int seed, Func<RandomStream, long[], int, long> next, Action<Row>? finish = null)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var row = new Row { Yes = random.NextDouble() < 0.5, Noise = random.NextNormal() };
            var tokens = new long[Steps];
            for (int step = 1; step < Steps; step++)
                tokens[step] = next(random, tokens, step);
            row.Tokens = [.. tokens.Select(token => (int)token)];
            row.Values = [.. tokens.Select(token => (float)token)];
            finish?.Invoke(row);
            return row;
        })];
    }

    private sealed class Bits
    {
        public const int Count = 24;

        [VectorType(Count)]
        public float[] Features { get; set; } = new float[Count];

        [VectorType(Count), KeyType(2)]
        public uint[] Label { get; set; } = new uint[Count];

        // The parity of the bits so far; keys count from 1.
        public static Bits Make(RandomStream random)
        {
            var made = new Bits();
            uint parity = 0;
            for (int step = 0; step < Count; step++)
            {
                uint bit = (uint)random.NextInt64(2);
                (made.Features[step], made.Label[step]) = (bit, (parity ^= bit) + 1);
            }

            return made;
        }
    }

    private sealed class Row
    {
        [VectorType(Steps)]
        public int[] Tokens { get; set; } = new int[Steps];

        public float[] Values { get; set; } = [];

        [KeyType(2)]
        public uint[] Tags { get; set; } = [];

        public bool Yes { get; set; }

        public float Number { get; set; }

        public double Noise { get; set; }
    }
}

using MLNet.Sequence.Estimators;

namespace MLNet.Sequence.Tests.Estimators;

[TestClass]
public sealed class TokenGramsTests
{
    private const int Vocabulary = 4;

    private static readonly int[][] Rows = [.. Enumerable.Range(0, 30).Select(row => Random(new RandomStream(row), 40))];

    [TestMethod]
    public void Probabilities_of_all_tokens_add_up_to_1()
    {
        var grams = new TokenGrams(Rows, Vocabulary);
        for (int memory = 0; memory <= TokenGrams.Longest; memory++)
        {
            // Behind a context that was seen, and behind one that was not.
            foreach (int[] row in new[] { Rows[3][..9], [3, 3, 3, 3, 3, 3] })
                Assert.AreEqual(1, Enumerable.Range(0, Vocabulary).Sum(token => grams.Probability([.. row, token], row.Length, memory)), 1e-12);
        }
    }

    [TestMethod]
    public void Single_tokens_have_their_frequencies_and_pairs_are_interpolated_with_them()
    {
        var grams = new TokenGrams(Rows, Vocabulary);
        int[] all = [.. Rows.SelectMany(row => row)];
        double Single(int token) => (all.Count(one => one == token) + 1.0) / (all.Length + Vocabulary);
        double Pair(int before, int token)
        {
            var followers = Rows.SelectMany(row => row.Zip(row.Skip(1))).Where(pair => pair.First == before).ToArray();
            return (double)followers.Count(pair => pair.Second == token) / followers.Length;
        }

        Assert.AreEqual(Single(2), grams.Probability([1, 2], 1, 0), 1e-12);
        // One λ explains all pairs.
        double lambda = (grams.Probability([1, 2], 1, 1) - Single(2)) / (Pair(1, 2) - Single(2));
        Assert.IsTrue(lambda is > 0.5 and < 1);
        for (int before = 0; before < Vocabulary; before++)
        {
            for (int token = 0; token < Vocabulary; token++)
                Assert.AreEqual(lambda * Pair(before, token) + (1 - lambda) * Single(token), grams.Probability([before, token], 1, 1), 1e-9);
        }

        Assert.AreEqual(-Math.Log(grams.Probability([1, 2, 0], 1, 1)) - Math.Log(grams.Probability([1, 2, 0], 2, 1)), grams.Loss([1, 2, 0], 1), 1e-12);
    }

    // The next token is mostly the one after it.
    private static int[] Random(RandomStream random, int length)
    {
        var row = new int[length];
        for (int i = 1; i < length; i++)
            row[i] = random.NextDouble() < 0.7 ? (row[i - 1] + 1) % Vocabulary : (int)random.NextInt64(Vocabulary);
        return row;
    }
}

using MLNet.Sequence.Comparison;

namespace MLNet.Sequence.Tests.Comparison.References;

[TestClass]
public sealed class TokenGramsTests
{
    private const int Vocabulary = 4;

    private static readonly int[][] Rows = [.. Enumerable.Range(0, 30).Select(row => Random(new RandomStream(row), 40))];
    private static readonly int[][] Held = [.. Enumerable.Range(0, 10).Select(row => Random(new RandomStream(row, 1), 40))];

    [TestMethod]
    public void Probabilities_of_all_tokens_add_up_to_1()
    {
        TokenGrams grams = Counted(Rows, Held);
        for (int memory = 0; memory <= TokenGrams.Longest; memory++)
        {
            // After a context that was seen, and after one that was not.
            foreach (int[] row in new[] { Rows[3][..9], [3, 3, 3, 3, 3, 3] })
                Assert.AreEqual(1, Enumerable.Range(0, Vocabulary).Sum(token => grams.Probability(GramRow.Next([.. row, token]), row.Length, memory)), 1e-12);
        }
    }

    [TestMethod]
    public void Single_tokens_have_their_frequencies_and_pairs_are_interpolated_with_them()
    {
        TokenGrams grams = Counted(Rows, Held);
        double Of(int[] row, int place, int memory) => grams.Probability(GramRow.Next(row), place, memory);
        Assert.AreEqual(Single(2), Of([1, 2], 1, 0), 1e-12);
        // One λ explains all pairs: the one with the smallest loss on the held-out rows.
        double lambda = (Of([1, 2], 1, 1) - Single(2)) / (Pair(1, 2) - Single(2));
        Assert.AreEqual(Best(Held), lambda, 1e-9);
        for (int before = 0; before < Vocabulary; before++)
        {
            for (int token = 0; token < Vocabulary; token++)
                Assert.AreEqual(lambda * Pair(before, token) + (1 - lambda) * Single(token), Of([before, token], 1, 1), 1e-9);
        }

        Assert.AreEqual(-Math.Log(Of([1, 2, 0], 1, 1)) - Math.Log(Of([1, 2, 0], 2, 1)), grams.Loss(GramRow.Next([1, 2, 0]), 1), 1e-12);
        Assert.AreEqual(Held.Sum(row => grams.Loss(GramRow.Next(row), 1)) / Held.Sum(row => row.Length - 1), grams.Validation[1], 1e-12);
    }

    [TestMethod]
    public void Weights_are_chosen_by_the_validation_rows_alone()
    {
        // Random tokens, for which the counts of pairs have less weight.
        int[][] noise = [.. Enumerable.Range(0, 10)
            .Select(row => Enumerable.Range(0, 40).Select(i => (int)(RandomStream.Mix((ulong)(row * 40 + i)) % Vocabulary)).ToArray())];
        TokenGrams other = Counted(Rows, noise);
        double lambda = (other.Probability(GramRow.Next([1, 2]), 1, 1) - Single(2)) / (Pair(1, 2) - Single(2));
        Assert.AreEqual(Best(noise), lambda, 1e-9);
        Assert.IsLessThan(Best(Held), lambda);
    }

    [TestMethod]
    public void Tags_are_counted_with_their_token_and_those_before_it()
    {
        // The tag says whether the token differs from the one before it.
        GramRow Tagged(int[] tokens) => GramRow.Tagged(tokens, [.. tokens.Select((token, i) => i > 0 && token != tokens[i - 1] ? 1 : 0)]);
        var grams = new TokenGrams([.. Rows.Select(Tagged)], [.. Held.Select(Tagged)], outcomes: 2);
        double perStep = grams.Loss(Tagged(Held[0]), 2) / Held[0].Length;
        Assert.IsLessThan(0.1, perStep);
        Assert.IsGreaterThan(0.3, grams.Loss(Tagged(Held[0]), 1) / Held[0].Length);
        for (int memory = 0; memory <= TokenGrams.Longest; memory++)
            Assert.AreEqual(1, grams.Probability(new GramRow([1, 2], [0, 0], 0), 1, memory)
                + grams.Probability(new GramRow([1, 2], [0, 1], 0), 1, memory), 1e-12);
    }

    private static TokenGrams Counted(int[][] training, int[][] validation) =>
        new([.. training.Select(GramRow.Next)], [.. validation.Select(GramRow.Next)], Vocabulary);

    private static double Single(int token)
    {
        int[] all = [.. Rows.SelectMany(row => row)];
        return (all.Count(one => one == token) + 1.0) / (all.Length + Vocabulary);
    }

    private static double Pair(int before, int token)
    {
        var followers = Rows.SelectMany(row => row.Zip(row.Skip(1))).Where(pair => pair.First == before).ToArray();
        return (double)followers.Count(pair => pair.Second == token) / followers.Length;
    }

    // λ in twentieths, or the largest λ for this number of rows.
    private static double Best(int[][] rows) => Enumerable.Range(0, 20).Select(i => i / 20.0).Append(1 - 1.0 / (rows.Sum(row => row.Length - 1) + 2))
        .MinBy(lambda =>
        -rows.Sum(row => row.Zip(row.Skip(1)).Sum(pair => Math.Log(lambda * Pair(pair.First, pair.Second) + (1 - lambda) * Single(pair.Second)))));

    // The next token is mostly the one after it.
    private static int[] Random(RandomStream random, int length)
    {
        var row = new int[length];
        for (int i = 1; i < length; i++)
            row[i] = random.NextDouble() < 0.7 ? (row[i - 1] + 1) % Vocabulary : (int)random.NextInt64(Vocabulary);
        return row;
    }
}

using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Tests.Tasks;

/// <summary>Compares the decoding of a chain with every sequence of tags, scored one by one.</summary>
[TestClass]
public sealed class TagChainTests
{
    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(2, 9)]
    [DataRow(3, 6)]
    [DataRow(5, 4)]
    public void The_best_path_and_all_probabilities_are_those_of_brute_force(int tags, int steps)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            var every = EveryPath.Random(tags, seed);
            var chain = new TagChain(every.Transitions, every.First, every.Last);
            float[] scores = Scores(tags * steps, seed);
            (int[] Path, double Score)[] paths = [.. every.All(scores)];

            CollectionAssert.AreEqual(paths.MaxBy(path => path.Score).Path, chain.Best(scores));

            var found = new float[scores.Length];
            double all = chain.Marginals(scores, found);
            Assert.AreEqual(every.LogPartition(scores), all, 1e-9);
            var expected = new double[scores.Length];
            foreach ((int[] path, double score) in paths)
            {
                for (int step = 0; step < steps; step++)
                    expected[step * tags + path[step]] += Math.Exp(score - all);
            }

            Close.AssertEqual(expected, Close.Doubles(found), 1e-6, $"seed {seed}");
            foreach ((int[] path, double score) in paths.Take(50))
                Assert.AreEqual(score - all, chain.LogProbability(scores, path), 1e-6);
        }
    }

    [TestMethod]
    public void Without_neighbours_to_mind_each_step_has_its_best_tag()
    {
        float[] scores = Scores(4 * 50, seed: 3);

        CollectionAssert.AreEqual(TagChain.Likeliest(scores, 4), new TagChain(new float[16], new float[4], new float[4]).Best(scores));
    }

    [TestMethod]
    public void Scores_of_any_size_do_not_overflow()
    {
        float[] scores = [.. Scores(3 * 200, seed: 4).Select(score => 1000 * score)];
        var probabilities = new float[scores.Length];
        double all = new TagChain([100, -100, 0, 0, 100, -100, -100, 0, 100], new float[3], new float[3]).Marginals(scores, probabilities);

        Assert.IsTrue(double.IsFinite(all));
        for (int step = 0; step < 200; step++)
            Assert.AreEqual(1, probabilities[(3 * step)..(3 * step + 3)].Sum(), 1e-5);
    }

    [TestMethod]
    public void Of_no_steps_there_are_no_tags() => Assert.IsEmpty(new TagChain(new float[4], new float[2], new float[2]).Best([]));

    private static float[] Scores(int count, int seed)
    {
        var random = new Random(100 + seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(4 * random.NextDouble() - 2))];
    }
}

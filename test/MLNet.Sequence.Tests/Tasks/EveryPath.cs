namespace MLNet.Sequence.Tests.Tasks;

/// <summary>A linear chain by brute force: every sequence of tags is scored on its own.</summary>
/// <param name="Transitions">[from, to].</param>
/// <param name="First">The score of each tag as the first.</param>
/// <param name="Last">The score of each tag as the last.</param>
internal sealed record EveryPath(float[] Transitions, float[] First, float[] Last)
{
    public static EveryPath Random(int tags, int seed, double size = 2)
    {
        var random = new Random(seed);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(size * (2 * random.NextDouble() - 1)))];
        return new EveryPath(Draw(tags * tags), Draw(tags), Draw(tags));
    }

    /// <summary>Every sequence of this many tags with its score, in lexicographic order.</summary>
    public IEnumerable<(int[] Path, double Score)> All(float[] scores)
    {
        int tags = First.Length, steps = scores.Length / tags;
        for (int number = 0; number < Math.Pow(tags, steps); number++)
        {
            var path = new int[steps];
            for ((int step, int rest) = (steps - 1, number); step >= 0; step--, rest /= tags)
                path[step] = rest % tags;
            yield return (path, Score(scores, path));
        }
    }

    public double Score(float[] scores, int[] path)
    {
        int tags = First.Length;
        double score = First[path[0]];
        score += Last[path[^1]];
        for (int step = 0; step < path.Length; step++)
        {
            score += scores[step * tags + path[step]];
            score += step == 0 ? 0 : Transitions[path[step - 1] * tags + path[step]];
        }

        return score;
    }

    /// <summary>ln Σ exp(score) over all sequences of tags.</summary>
    public double LogPartition(float[] scores) => Math.Log(All(scores).Sum(path => Math.Exp(path.Score)));
}

using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tasks;

/// <summary>
/// Decodes the scores of tags at each step together with those of neighbouring tags: the best sequence of tags (Viterbi 1967), and the
/// probability of each tag at each step (forward and backward; Lafferty et al. 2001). The score of a sequence of tags y is
/// first[y₁] + Σ scores[t, y_t] + Σ transitions[y_t, y_t+1] + last[y_T]. Immutable.
/// </summary>
internal sealed class TagChain
{
    private readonly int _tags;
    private readonly float[] _first, _last;

    // In both directions, so that a tag's neighbours are adjacent in memory.
    private readonly float[] _from, _to;

    /// <param name="weights">The model's.</param>
    /// <param name="path">The path of the <see cref="LinearChain"/>.</param>
    public TagChain(Weights weights, string path)
        : this(Own(weights, path, "transitions"), Own(weights, path, "first"), Own(weights, path, "last"))
    {
    }

    /// <param name="transitions">[from, to].</param>
    /// <param name="first">The score of each tag as the first.</param>
    /// <param name="last">The score of each tag as the last.</param>
    public TagChain(float[] transitions, float[] first, float[] last)
    {
        (_tags, _from, _first, _last) = (first.Length, transitions, first, last);
        _to = new float[transitions.Length];
        for (int i = 0; i < transitions.Length; i++)
            _to[i % _tags * _tags + i / _tags] = transitions[i];
    }

    /// <summary>The best tag of each step on its own, without any chain.</summary>
    /// <param name="scores">[T, tags].</param>
    /// <param name="tags">The number of tags.</param>
    public static int[] Likeliest(ReadOnlySpan<float> scores, int tags)
    {
        var best = new int[scores.Length / tags];
        for (int step = 0; step < best.Length; step++)
            best[step] = TensorPrimitives.IndexOfMax(scores.Slice(step * tags, tags));
        return best;
    }

    /// <summary>The best sequence of tags; among equal ones, the one with the lowest numbers.</summary>
    /// <param name="scores">[T, tags].</param>
    public int[] Best(ReadOnlySpan<float> scores)
    {
        int steps = scores.Length / _tags;
        var path = new int[steps];
        if (steps == 0)
            return path;
        var before = new int[steps * _tags];
        float[] best = new float[_tags], next = new float[_tags], sums = new float[_tags];
        TensorPrimitives.Add(_first, scores[.._tags], best);
        for (int step = 1; step < steps; step++)
        {
            for (int tag = 0; tag < _tags; tag++)
            {
                TensorPrimitives.Add<float>(best, _to.AsSpan(tag * _tags, _tags), sums);
                int from = TensorPrimitives.IndexOfMax<float>(sums);
                before[step * _tags + tag] = from;
                next[tag] = sums[from] + scores[step * _tags + tag];
            }

            (best, next) = (next, best);
        }

        TensorPrimitives.Add<float>(best, _last, sums);
        path[^1] = TensorPrimitives.IndexOfMax<float>(sums);
        for (int step = steps - 1; step > 0; step--)
            path[step - 1] = before[step * _tags + path[step]];
        return path;
    }

    /// <summary>The probability of each tag at each step, [T, tags], and the logarithm of the sum over all sequences of tags.</summary>
    /// <param name="scores">[T, tags].</param>
    /// <param name="probabilities">[T, tags], filled.</param>
    public double Marginals(ReadOnlySpan<float> scores, Span<float> probabilities)
    {
        int steps = scores.Length / _tags;
        double[] ahead = new double[scores.Length], behind = new double[scores.Length], sums = new double[_tags];
        for (int tag = 0; tag < _tags; tag++)
        {
            ahead[tag] = _first[tag] + (double)scores[tag];
            behind[(steps - 1) * _tags + tag] = _last[tag];
        }

        for (int step = 1; step < steps; step++)
        {
            for (int tag = 0; tag < _tags; tag++)
                ahead[step * _tags + tag] = LogSum(ahead.AsSpan((step - 1) * _tags, _tags), _to.AsSpan(tag * _tags, _tags), sums) + scores[step * _tags + tag];
        }

        var after = new double[_tags];
        for (int step = steps - 2; step >= 0; step--)
        {
            for (int tag = 0; tag < _tags; tag++)
                after[tag] = behind[(step + 1) * _tags + tag] + scores[(step + 1) * _tags + tag];
            for (int tag = 0; tag < _tags; tag++)
                behind[step * _tags + tag] = LogSum(after, _from.AsSpan(tag * _tags, _tags), sums);
        }

        double all = LogSum(ahead.AsSpan((steps - 1) * _tags), _last, sums);
        for (int i = 0; i < probabilities.Length; i++)
            probabilities[i] = (float)Math.Exp(ahead[i] + behind[i] - all);
        return all;
    }

    /// <summary>The logarithm of the probability of a sequence of tags, among all others of its length.</summary>
    /// <param name="scores">[T, tags].</param>
    /// <param name="tags">[T], T at least 1.</param>
    public double LogProbability(ReadOnlySpan<float> scores, ReadOnlySpan<int> tags)
    {
        double score = _first[tags[0]] + (double)_last[tags[^1]];
        for (int step = 0; step < tags.Length; step++)
            score += scores[step * _tags + tags[step]] + (step == 0 ? 0 : _from[tags[step - 1] * _tags + tags[step]]);
        return score - Marginals(scores, new float[scores.Length]);
    }

    // ln Σ exp(a + b), in a form that does not overflow.
    private static double LogSum(ReadOnlySpan<double> a, ReadOnlySpan<float> b, Span<double> sums)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] = a[i] + b[i];
        double most = TensorPrimitives.Max<double>(sums), sum = 0;
        foreach (double value in sums)
            sum += Math.Exp(value - most);
        return most + Math.Log(sum);
    }

    private static float[] Own(Weights weights, string path, string name) => weights[Layer.Join(path, name)].Values.Items;
}

namespace MLNet.Sequence.Layers;

/// <summary>
/// Log-probabilities of tokens numbered by descending frequency (Grave et al., arXiv 1609.04309, section 4), [B, T, C] to [B, T,
/// Vocabulary]. The tokens before the first cutoff have a logit each; those between two cutoffs are a cluster that has one logit together.
/// With p the softmax of these, the probability of a frequent token is p_token, that of a rare one p_cluster times the softmax within its
/// cluster, over V_i P_i x, where P_i has C / 4^i rows. Training computes only the clusters of its targets.
/// </summary>
/// <param name="Vocabulary">The number of tokens, and of channels out; at least 2.</param>
/// <param name="Cutoffs">The first token of each cluster: ascending, from 1 to below <paramref name="Vocabulary"/>.</param>
public sealed record AdaptiveSoftmax(int Vocabulary, IReadOnlyList<int> Cutoffs) : Layer
{
    /// <summary>The first token of each cluster: ascending, from 1 to below <see cref="Vocabulary"/>.</summary>
    public IReadOnlyList<int> Cutoffs { get; init => field = ValueList.Of(value); } = ValueList.Of(Cutoffs);

    private const int Divisor = 4;

    /// <summary>The number of logits that every step has: those of the frequent tokens and of the clusters.</summary>
    public int HeadSize => Cutoffs[0] + Cutoffs.Count;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Vocabulary;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        yield return Matrix("head", HeadSize, inputSize);
        for (int i = 0; i < Cutoffs.Count; i++)
        {
            int size = ProjectionSize(i, inputSize), tokens = ClusterEnd(i) - Cutoffs[i];
            yield return Matrix($"projection{i}", size, inputSize);
            yield return Matrix($"tail{i}", tokens, size);
        }
    }

    /// <summary>Rows of P_i: the channels divided by 4^(i+1), at least 1.</summary>
    internal static int ProjectionSize(int cluster, int inputSize) => Math.Max(1, inputSize / (int)Math.Pow(Divisor, cluster + 1));

    /// <summary>The first token after a cluster.</summary>
    internal int ClusterEnd(int cluster) => cluster + 1 < Cutoffs.Count ? Cutoffs[cluster + 1] : Vocabulary;

    private static WeightSpec Matrix(string name, int rows, int columns) =>
        new(name, [rows, columns], new Initializer.Uniform(1 / Math.Sqrt(columns)), Decays: true);

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        int[] edges = [0, .. Cutoffs, Vocabulary];
        if (Cutoffs.Count == 0 || edges.Zip(edges.Skip(1)).Any(pair => pair.First >= pair.Second))
            yield return $"{nameof(Cutoffs)} must ascend from 1 to below {nameof(Vocabulary)}, {Vocabulary}; found {string.Join(", ", Cutoffs)}.";
    }
}

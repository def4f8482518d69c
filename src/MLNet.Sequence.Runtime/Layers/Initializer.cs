namespace MLNet.Sequence.Layers;

/// <summary>The distribution of a weight's initial values.</summary>
public abstract record Initializer
{
    /// <summary>Values drawn uniformly from [−<paramref name="Bound"/>, <paramref name="Bound"/>].</summary>
    /// <param name="Bound">The largest magnitude of a value; at least 0.</param>
    public sealed record Uniform(double Bound) : Initializer;

    /// <summary>Values drawn from a normal distribution with mean 0.</summary>
    /// <param name="StandardDeviation">The standard deviation of the values; at least 0.</param>
    public sealed record Normal(double StandardDeviation) : Initializer;

    /// <summary>The same value everywhere, without drawing.</summary>
    /// <param name="Value">The value that all places have.</param>
    public sealed record Constant(double Value) : Initializer;

    /// <summary>
    /// Each block of equal length along the first dimension has its own distribution: the four gates of an LSTM bias.
    /// </summary>
    /// <param name="Parts">The distribution of each of the equal blocks of rows, first block first.</param>
    public sealed record Blocks(IReadOnlyList<Initializer> Parts) : Initializer
    {
        /// <summary>The distribution of each of the equal blocks of rows, first block first.</summary>
        public IReadOnlyList<Initializer> Parts { get; init => field = ValueList.Of(value); } = ValueList.Of(Parts);
    }

    /// <summary>
    /// The Euclidean norm of each row of the layer's weight named <paramref name="Of"/>, so that a weight-normalised kernel starts as the
    /// drawn kernel (Salimans and Kingma 2016, section 2).
    /// </summary>
    /// <param name="Of">The name of a weight of the same layer, drawn before this one.</param>
    internal sealed record RowNorms(string Of) : Initializer;

    /// <summary>
    /// ln(−ln r) of radii r, such that complex numbers of that length are uniform in the ring between two circles (Orvieto et al., arXiv
    /// 2303.06349, appendix A).
    /// </summary>
    /// <param name="MinRadius">The radius of the inner circle; at least 0.</param>
    /// <param name="MaxRadius">The radius of the outer circle; at most 1.</param>
    internal sealed record RingDecay(double MinRadius, double MaxRadius) : Initializer;

    /// <summary>
    /// ln √(1 − r²) for the radii r of the layer's weight named <paramref name="Of"/>, which was drawn by <see cref="RingDecay"/>:
    /// states then keep the variance of their input (Orvieto et al., arXiv 2303.06349, section 3.4).
    /// </summary>
    /// <param name="Of">The name of a weight of the same layer, drawn before this one.</param>
    internal sealed record RingGain(string Of) : Initializer;

    /// <summary>Logarithms of numbers that are drawn uniformly from (0, <paramref name="Bound"/>].</summary>
    /// <param name="Bound">The largest number whose logarithm is taken; above 0.</param>
    internal sealed record LogUniform(double Bound) : Initializer;

    /// <summary>The identity: ones on the diagonal of a square matrix, zeros elsewhere.</summary>
    public sealed record Identity : Initializer;

    /// <summary>
    /// A random orthogonal matrix, for a square weight: the rows of a normal matrix, made orthonormal
    /// (Saxe, McClelland and Ganguli, arXiv 1312.6120, section 3).
    /// </summary>
    public sealed record Orthogonal : Initializer;

    internal static Weights Draw(IEnumerable<WeightSpec> specs, RandomStream random)
    {
        var weights = new Weights();
        foreach (WeightSpec spec in specs)
        {
            var values = new float[spec.Count];
            float[] Sibling(string name) => weights[spec.Name[..(spec.Name.LastIndexOf('.') + 1)] + name].Values.Items;
            if (spec.Initializer is RowNorms norms)
                FillRowNorms(values, Sibling(norms.Of));
            else if (spec.Initializer is RingGain gain)
                Ring.FillGains(values, Sibling(gain.Of));
            else
                Fill(spec.Initializer, values, random);

            weights.Add(new Weight(spec.Name, spec.Shape, new ValueList<float>(values)));
        }

        return weights;
    }

    private static void Fill(Initializer initializer, Span<float> values, RandomStream random)
    {
        switch (initializer)
        {
            case Uniform uniform:
                foreach (ref float value in values)
                    value = (float)((2 * random.NextDouble() - 1) * uniform.Bound);
                break;
            case Normal normal:
                foreach (ref float value in values)
                    value = (float)(random.NextNormal() * normal.StandardDeviation);
                break;
            case Constant constant:
                values.Fill((float)constant.Value);
                break;
            case Blocks blocks:
                int length = values.Length / blocks.Parts.Count;
                for (int i = 0; i < blocks.Parts.Count; i++)
                    Fill(blocks.Parts[i], values.Slice(i * length, length), random);
                break;
            case RingDecay ring:
                Ring.FillDecays(values, ring, random);
                break;
            case LogUniform uniform:
                foreach (ref float value in values)
                    value = (float)Math.Log((1 - random.NextDouble()) * uniform.Bound);
                break;
            case Identity:
                SquareMatrix.FillIdentity(values);
                break;
            case Orthogonal:
                SquareMatrix.FillOrthogonal(values, random);
                break;
            default:
                throw new InvalidOperationException($"No rule fills weights by {initializer}.");
        }
    }

    private static void FillRowNorms(Span<float> norms, ReadOnlySpan<float> rows)
    {
        int length = rows.Length / norms.Length;
        for (int i = 0; i < norms.Length; i++)
        {
            double sum = 0;
            foreach (float value in rows.Slice(i * length, length))
                sum += (double)value * value;
            norms[i] = (float)Math.Sqrt(sum);
        }
    }
}

namespace MLNet.Sequence;

/// <summary>
/// The weight of the rows of each class in the loss of a classifier, relative to the mean weight of the training rows, and in its
/// validation metrics.
/// </summary>
public abstract record ClassWeights
{
    private ClassWeights()
    {
    }

    /// <summary>Every row has the same weight, independently of its class.</summary>
    public static ClassWeights None { get; } = new Equal();

    /// <summary>
    /// All classes have the same total weight: a row of class c has the weight n / (classes · n_c), where n_c of the n training rows are
    /// of class c. If rows have weights of their own, n and n_c are sums of these.
    /// </summary>
    public static ClassWeights Balanced { get; } = new Even();

    /// <summary>Given weights: each row has the weight of its class.</summary>
    /// <param name="weights">
    /// By the label's value as text ("True" and "False" in binary classification; the key's number if keys have no
    /// values), each above 0. A class that is not named has the weight 1.
    /// </param>
    public static ClassWeights Given(IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new Named(weights);
    }

    internal sealed record Equal : ClassWeights;

    internal sealed record Even : ClassWeights;

    internal sealed record Named(IReadOnlyDictionary<string, double> Weights) : ClassWeights;
}

namespace MLNet.Sequence;

/// <summary>
/// What the rows of each class count in the loss of a classifier, relative to the mean weight of the training rows, and in its validation
/// metrics.
/// </summary>
public abstract record ClassWeights
{
    private ClassWeights()
    {
    }

    /// <summary>Every row counts the same, whatever its class.</summary>
    public static ClassWeights None { get; } = new Equal();

    /// <summary>
    /// Every class counts the same in all: a row of class c counts n / (classes · n_c), n_c of n training rows being of it; of rows with
    /// weights of their own n and n_c are sums of these.
    /// </summary>
    public static ClassWeights Balanced { get; } = new Even();

    /// <summary>Weights that are given: a row counts what its class's weight says.</summary>
    /// <param name="weights">
    /// By the label's value as text ("True" and "False" in binary classification; the key's number where keys have no
    /// values), each above 0. A class that is not named counts 1.
    /// </param>
    public static ClassWeights Given(IReadOnlyDictionary<string, float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new Named(weights);
    }

    internal sealed record Equal : ClassWeights;

    internal sealed record Even : ClassWeights;

    internal sealed record Named(IReadOnlyDictionary<string, float> Weights) : ClassWeights;
}

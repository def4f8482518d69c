using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Means over the rows of a batch, weighted if the batch has row weights.</summary>
internal static class RowMean
{
    /// <param name="values">[B], or [B, n], which is first averaged over each row.</param>
    /// <param name="batch">The batch.</param>
    public static Tensor Of(Tensor values, Batch batch) => batch.RowWeights is { } weights
        ? ((values.dim() == 1 ? values : values.mean([1])) * weights).sum() / weights.sum()
        : values.mean();
}

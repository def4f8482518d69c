using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The mean loss per step over all valid steps of the batch, from scores [B, T, tags]: cross-entropy or, with a chain, −ln of the
/// probability of the whole tag sequence (Lafferty et al., ICML 2001). The metric <c>accuracy</c> is the share of steps whose decoded tag
/// is correct. Both have the same weights. With γ > 0 the focal loss instead of cross-entropy (<see cref="FocalLoss"/>).
/// </summary>
/// <param name="tags">The number of tags.</param>
/// <param name="chain">The path of the chain's weights; null: there is none.</param>
/// <param name="focalGamma">γ; 0 with a chain.</param>
internal sealed class TaggingObjective(int tags, string? chain, float focalGamma = 0) : IObjective
{
    public string LossName => chain is null
        ? FocalLoss.Name(focalGamma).Replace("per row", "per step", StringComparison.Ordinal)
        : "−ln of the probability of a row's tags per step, in nats";

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.Accuracy];

    private TorchParameters? Parameters { get; init; }

    public IObjective For(TorchParameters parameters) => new TaggingObjective(tags, chain, focalGamma) { Parameters = parameters };

    public Tensor Loss(Tensor output, Batch batch)
    {
        // With a chain [B], else [B, T] with 0 for padding.
        Tensor losses = chain is null
            ? StepLosses(output, Tags(batch))
            : ChainLoss.Of(output, Tags(batch), batch.Lengths, (Own("transitions"), Own("first"), Own("last")));
        Tensor? weights = chain is null ? batch.RowWeights : batch.RowWeights?.select(1, 0);
        return (weights is null ? losses : losses.mul(weights)).sum().Div(batch.Weight);
    }

    public double[] Measure(Tensor output, Batch batch)
    {
        long[] tagged = Tags(batch).cpu().contiguous().data<long>().ToArray();
        float[] scores = output.cpu().contiguous().data<float>().ToArray();
        TagChain? decoder = chain is null ? null : new TagChain(Values("transitions"), Values("first"), Values("last"));
        int steps = (int)output.shape[1];
        long[] lengths = batch.Lengths?.cpu().data<long>().ToArray() ?? [.. Enumerable.Repeat((long)steps, (int)output.shape[0])];
        float[]? weights = batch.RowWeights?.cpu().data<float>().ToArray();
        double right = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            ReadOnlySpan<float> own = scores.AsSpan(row * steps * tags, (int)lengths[row] * tags);
            int[] best = decoder?.Best(own) ?? TagChain.Likeliest(own, tags);
            for (int step = 0; step < best.Length; step++)
                right += best[step] == tagged[row * steps + step] ? weights?[row * steps + step] ?? 1 : 0;
        }

        return [right / batch.Weight];
    }

    private Tensor StepLosses(Tensor output, Tensor wanted)
    {
        if (focalGamma == 0)
            return nn.functional.cross_entropy(output.view(-1, tags), wanted.view(-1), ignore_index: SequenceBatches.Padding,
                reduction: nn.Reduction.None).view(wanted.shape);
        Tensor padding = wanted.Lt(0);
        Tensor logarithms = output.log_softmax(2).gather(2, wanted.MaskedFill(padding, 0).unsqueeze(2)).squeeze(2); // [B, T, tags] → [B, T]
        return FocalLoss.Of(logarithms, focalGamma).MaskedFill(padding, 0);
    }

    private static Tensor Tags(Batch batch) => batch.Target.to_type(ScalarType.Int64);

    private Tensor Own(string name) => Parameters![$"{chain}.{name}"];

    private float[] Values(string name) => Own(name).detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}

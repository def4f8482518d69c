using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// −ln of the probability of tag sequences in a linear-chain conditional random field (Lafferty et al., ICML 2001): ln Σ exp(score) over
/// all tag sequences, by the forward algorithm, minus the score of the given sequence.
/// </summary>
internal static class ChainLoss
{
    // The largest difference between transitions, in nats, for which sums of exponentials are exact in float32, whose smallest number is e^−87.
    private const double WidestShares = 60;

    /// <summary>The loss of each row, [B].</summary>
    /// <param name="scores">[B, T, tags].</param>
    /// <param name="tags">[B, T] of int64; values beyond a row's length are ignored.</param>
    /// <param name="lengths">[B] of int64, at least 1 each; null: all steps.</param>
    /// <param name="chain">transitions [from, to]; first and last, [tags] each.</param>
    public static Tensor Of(Tensor scores, Tensor tags, Tensor? lengths, (Tensor Transitions, Tensor First, Tensor Last) chain)
    {
        Tensor valid = lengths is null
            ? ones(tags.shape, ScalarType.Bool, scores.device)
            : HeldNumbers.Arange(tags.shape[1], scores.device).unsqueeze(0).lt(lengths.unsqueeze(1)); // [B, T]
        return LogPartition(scores, valid, chain) - Score(scores, tags.MaskedFill(valid.logical_not(), 0), valid, chain);
    }

    // ln Σ exp(score) of each row, [B].
    private static Tensor LogPartition(Tensor scores, Tensor valid, (Tensor Transitions, Tensor First, Tensor Last) chain)
    {
        Tensor[] steps = scores.unbind(1), masks = valid.unsqueeze(2).unbind(1); // [B, T, tags] → T of [B, tags]; T of [B, 1]
        Func<Tensor, Tensor> move = Move(chain.Transitions);
        Tensor ahead = steps[0].Add(chain.First);
        for (int step = 1; step < steps.Length; step++)
            ahead = where(masks[step], move(ahead).Add(steps[step]), ahead);
        return ahead.Add(chain.Last).logsumexp(1);
    }

    // One step of the forward algorithm: ln Σ exp over the previous tags, [B, from] → [B, to].
    private static Func<Tensor, Tensor> Move(Tensor transitions)
    {
        Tensor most = transitions.detach().amax([0, 1]), least = transitions.detach().amin([0, 1]);
        if ((most - least).to_type(ScalarType.Float64).item<double>() > WidestShares)
            return ahead => ahead.unsqueeze(2).Add(transitions).logsumexp(1); // [B, from, to] → [B, to]
        // The same with one matrix product, many times faster: each sum contains the best tag so far, with at least e^−60.
        Tensor shares = (transitions - most).exp();
        return ahead =>
        {
            Tensor best = ahead.detach().amax([1], keepdim: true); // [B, 1]
            return (ahead - best).exp().matmul(shares).log().Add(best).Add(most);
        };
    }

    private static Tensor Score(Tensor scores, Tensor tags, Tensor valid, (Tensor Transitions, Tensor First, Tensor Last) chain)
    {
        long count = scores.shape[2], steps = scores.shape[1];
        Tensor chosen = scores.gather(2, tags.unsqueeze(2)).squeeze(2).MaskedFill(valid.logical_not(), 0).sum(1); // [B, T, tags] → [B]
        Tensor end = tags.gather(1, valid.sum(1, keepdim: true).Sub(1)).squeeze(1); // the last tag of each row
        Tensor ends = chain.First.index_select(0, tags.select(1, 0)).Add(chain.Last.index_select(0, end));
        if (steps == 1)
            return chosen.Add(ends);
        Tensor pairs = tags.narrow(1, 0, steps - 1).Mul(count).Add(tags.narrow(1, 1, steps - 1)); // [B, T − 1]
        Tensor moves = chain.Transitions.view(-1).index_select(0, pairs.view(-1)).view(pairs.shape);
        return chosen.Add(ends).Add(moves.MaskedFill(valid.narrow(1, 1, steps - 1).logical_not(), 0).sum(1));
    }
}

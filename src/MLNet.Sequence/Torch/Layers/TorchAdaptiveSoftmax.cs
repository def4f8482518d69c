using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Log-probabilities of all tokens; if the pass has targets, only of these, [B, T, 1]: each cluster processes only the steps of its own
/// tokens.
/// </summary>
internal sealed class TorchAdaptiveSoftmax(AdaptiveSoftmax layer, Func<string, Tensor> own) : ITorchLayer
{
    private readonly Tensor _head = own("head");
    private readonly (Tensor Projection, Tensor Tail)[] _clusters =
        [.. Enumerable.Range(0, layer.Cutoffs.Count).Select(i => (own($"projection{i}"), own($"tail{i}")))];

    private int Frequent => layer.Cutoffs[0];

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor head = nn.functional.linear(input, _head).log_softmax(-1);
        if (pass.Targets is { } targets)
            return OfTargets(input.flatten(0, 1), head.flatten(0, 1), targets.flatten().to_type(ScalarType.Int64)).view(targets.shape);
        IEnumerable<Tensor> tails = _clusters.Select((_, i) => Tail(i, input).Add(head.narrow(-1, Frequent + i, 1)));
        return cat([head.narrow(-1, 0, Frequent), .. tails], -1);
    }

    // [N, C], [N, head] and [N] → [N, 1]
    private Tensor OfTargets(Tensor input, Tensor head, Tensor targets)
    {
        // The index in the head: that of the token, or of its cluster.
        Tensor place = targets.clone();
        for (int i = 0; i < _clusters.Length; i++)
            place.MaskedFill_(targets.Ge(layer.Cutoffs[i]), Frequent + i);
        Tensor sum = head.gather(1, place.unsqueeze(1));
        for (int i = 0; i < _clusters.Length; i++)
        {
            Tensor steps = targets.Ge(layer.Cutoffs[i]).logical_and(targets.Lt(layer.ClusterEnd(i))).nonzero().squeeze(1);
            if (steps.shape[0] == 0)
                continue;
            Tensor within = Tail(i, input.index_select(0, steps)).gather(1, targets.index_select(0, steps).Sub(layer.Cutoffs[i]).unsqueeze(1));
            sum = sum.IndexAdd(0, steps, within, 1);
        }

        return sum;
    }

    private Tensor Tail(int cluster, Tensor input)
    {
        (Tensor projection, Tensor tail) = _clusters[cluster];
        return nn.functional.linear(nn.functional.linear(input, projection), tail).log_softmax(-1);
    }
}

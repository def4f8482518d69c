using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Truncated back-propagation BPTT(h; h′) of Williams and Peng (1990): the gradient of a chunk of h′ steps flows back over h steps, into the
/// chunks before it. They are run again with the present weights, from the state that was stored before them. The stored states are among the
/// carried ones, so checkpoints have them.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="source">Chunks: an earlier chunk of the same rows has a number that is lower by <see cref="IBatchSource.Count"/>.</param>
/// <param name="chunk">h′: the steps of a chunk.</param>
/// <param name="depth">h: the steps that gradients flow back over; at least h′.</param>
internal sealed class BackpropWindow(TorchNetwork network, IBatchSource source, int chunk, int depth)
{
    private const char Mark = '~';

    /// <summary>The number of earlier chunks that gradients reach.</summary>
    public static int Chunks(TrainingOptions options) => options is { BackpropSteps: { } chunk, BackpropDepth: { } depth } ? Chunks(chunk, depth) : 0;

    private static int Chunks(int chunk, int depth) => (depth - 1) / chunk;

    /// <summary>The name of the state that a layer had a number of chunks ago.</summary>
    public static string Before(int chunks, string name) => FormattableString.Invariant($"{Mark}{chunks}.{name}");

    /// <summary>The output for the steps of a chunk, [B, T, D], with gradients into the chunks before it.</summary>
    /// <param name="batch">The chunk.</param>
    /// <param name="examples">Its examples.</param>
    /// <param name="pass">With the states after the chunk before; they are replaced by those after this one.</param>
    public Tensor Forward(Batch batch, long[] examples, TorchPass pass)
    {
        int number = batch.Continues ? (int)(examples[0] / source.Count) : 0, earlier = Math.Min(Chunks(chunk, depth), number);
        if (earlier == 0)
            return network.Forward(batch.Input, pass);
        TorchState carried = pass.State!;
        using var state = new TorchState();
        string from = Before(earlier, "");
        foreach ((string name, Tensor values) in carried.Tensors.Where(one => one.Key.StartsWith(from, StringComparison.Ordinal)))
            state.Put(name[from.Length..], values);
        Batch[] all = [.. Enumerable.Range(1, earlier).Reverse()
            .Select(back => source.Load(Array.ConvertAll(examples, example => example - back * source.Count), network.Device)), batch];
        long steps = batch.Input.shape[1], past = all.SkipLast(1).Sum(one => one.Input.shape[1]), skipped = Math.Max(0, past - (depth - chunk));
        Tensor input = cat([.. all.Select(one => one.Input)], 1); // [B, past + T, C]
        TorchPass own = pass with { State = state, Lengths = null, Targets = null };
        if (skipped > 0)
        {
            using var noGrad = no_grad();
            network.Forward(input.narrow(1, 0, skipped), own);
        }

        // Rows that have ended have no part in the loss.
        Tensor output = network.Forward(input.narrow(1, skipped, past + steps - skipped), own with
        {
            Lengths = batch.Lengths?.Add(past - skipped),
            Targets = cat([.. all.Select(one => one.Target)], 1).narrow(1, skipped, past + steps - skipped),
        });
        Shift(carried, state, earlier);
        return output.narrow(1, past - skipped, steps);
    }

    // The states before this chunk become those of one chunk ago, and so on.
    private static void Shift(TorchState carried, TorchState after, int kept)
    {
        foreach ((string name, Tensor last) in after.Tensors)
        {
            for (int chunks = kept; chunks > 0; chunks--)
            {
                if (carried.Take(chunks == 1 ? name : Before(chunks - 1, name)) is { } values)
                    carried.Put(Before(chunks, name), values);
            }

            carried.Put(name, last);
        }
    }
}

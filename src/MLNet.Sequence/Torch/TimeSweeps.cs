using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer for all time steps at once: the state of every step is guessed as zero, and each sweep computes all of them
/// anew from the guess of the step before (Jacobi). After k sweeps a step's output is that of the layer run from the zero state over
/// its last k inputs: the k-truncated layer, exactly. Where the layer contracts by λ per step that is within λᵏ of the largest
/// state, and so is known beforehand how many sweeps a tolerance takes (Miller and Hardt, arXiv 1805.10369, section 3).
/// Gradients flow through the sweeps: each sweep of the backward pass carries them one step back.
/// </summary>
internal static class TimeSweeps
{
    /// <param name="layer">An <see cref="RnnLayer"/>, <see cref="GruLayer"/> or <see cref="LstmLayer"/>.</param>
    /// <param name="own">Its weights by name.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="sweeps">k; at least 1. From T on all steps are exact.</param>
    /// <returns>[B, T, H].</returns>
    public static Tensor Run(Layer layer, Func<string, Tensor> own, Tensor input, int sweeps)
    {
        // What the input gives is the same in every sweep.
        Tensor x = nn.functional.linear(input, own("weight_ih"), own("bias_ih")), matrix = own("weight_hh"), bias = own("bias_hh");
        Tensor FromBefore(Tensor states) => nn.functional.linear(Before(states), matrix, bias);
        int needed = (int)Math.Min(sweeps, input.shape[1]);
        return layer switch
        {
            RnnLayer { Activation: ActivationKind.Relu } => Simple(x, FromBefore, needed, value => value.relu()),
            RnnLayer => Simple(x, FromBefore, needed, value => value.tanh()),
            GruLayer => Gated(x, FromBefore, needed),
            LstmLayer => LongShortTerm(x, FromBefore, needed),
            _ => throw new NotSupportedException($"The layer {layer.GetType().Name} has no sweeps."),
        };
    }

    private static Tensor Simple(Tensor x, Func<Tensor, Tensor> fromBefore, int sweeps, Func<Tensor, Tensor> function)
    {
        Tensor h = zeros_like(x);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            using var scope = NewDisposeScope();
            Replace(ref h, function(x.Add(fromBefore(h))));
        }

        return h;
    }

    private static Tensor Gated(Tensor x, Func<Tensor, Tensor> fromBefore, int sweeps)
    {
        Tensor[] input = x.chunk(3, -1);
        Tensor h = zeros_like(input[0]);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            using var scope = NewDisposeScope();
            Tensor[] recurrent = fromBefore(h).chunk(3, -1);
            Tensor reset = input[0].Add(recurrent[0]).sigmoid(), keep = input[1].Add(recurrent[1]).sigmoid();
            Tensor candidate = input[2].Addcmul(reset, recurrent[2], 1).tanh();
            // (1 − z) n + z h
            Replace(ref h, candidate.Addcmul(keep, Before(h) - candidate, 1));
        }

        return h;
    }

    private static Tensor LongShortTerm(Tensor x, Func<Tensor, Tensor> fromBefore, int sweeps)
    {
        long width = x.shape[2] / 4;
        Tensor h = zeros_like(x.narrow(2, 0, width)), c = zeros_like(h);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            using var scope = NewDisposeScope();
            Tensor[] gates = x.Add(fromBefore(h)).chunk(4, -1);
            Replace(ref c, (gates[1].sigmoid() * Before(c)).Addcmul(gates[0].sigmoid(), gates[2].tanh(), 1));
            Replace(ref h, gates[3].sigmoid() * c.tanh());
        }

        return h;
    }

    // The next guess outlives its sweep; the last one and all else that the sweep made go with it, but for what a backward pass will read.
    private static void Replace(ref Tensor states, Tensor next)
    {
        states.Dispose();
        states = next.MoveToOuterDisposeScope();
    }

    // At each step the state of the step before; at the first one zeros.
    private static Tensor Before(Tensor states) => nn.functional.pad(states.narrow(1, 0, states.shape[1] - 1), [0, 0, 1, 0]);
}

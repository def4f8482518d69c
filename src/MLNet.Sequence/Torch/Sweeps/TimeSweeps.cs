using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer for all time steps at once. The state of every step is first guessed as zero, and each sweep computes all states again
/// from the guess for the previous step (Jacobi). After k sweeps, the output of a step is exactly the output of the k-truncated layer: the
/// layer run from the zero state over its last k inputs. If the layer contracts by λ per step, the error is at most λᵏ of the largest
/// state, so the number of sweeps for a tolerance is known in advance (Miller and Hardt, arXiv 1805.10369, section 3). Gradients flow
/// through the sweeps: each sweep of the backward pass carries them one step back.
/// </summary>
internal static class TimeSweeps
{
    /// <param name="layer">An <see cref="RnnLayer"/>, <see cref="GruLayer"/> or <see cref="LstmLayer"/>.</param>
    /// <param name="own">Its weights by name.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="sweeps">k; at least 1. With T or more, all steps are exact.</param>
    /// <returns>[B, T, H].</returns>
    public static Tensor Run(Layer layer, Func<string, Tensor> own, Tensor input, int sweeps)
    {
        // The contribution of the input is the same in every sweep.
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

    // The next guess outlives its sweep. The previous guess and all other tensors of the sweep are disposed, except what a backward pass needs.
    private static void Replace(ref Tensor states, Tensor next)
    {
        states.Dispose();
        states = next.MoveToOuterDisposeScope();
    }

    // The state of the previous step at each step; zeros at the first one.
    private static Tensor Before(Tensor states) => nn.functional.pad(states.narrow(1, 0, states.shape[1] - 1), [0, 0, 1, 0]);
}

using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The children of each block: inner, skip and, except in the last block, residual.</summary>
internal sealed class TorchSkipSum(ITorchLayer[] children) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor? sum = null;
        for (int i = 0; i < children.Length; i += 3)
        {
            Tensor inside = children[i].Forward(input, pass);
            Tensor skip = children[i + 1].Forward(inside, pass);
            sum = sum is null ? skip : sum.Add(skip);
            if (i + 2 < children.Length)
                input = Plus(input, children[i + 2].Forward(inside, pass));
        }

        return sum!;
    }

    // Conditions, the channels after those of x, do not change.
    private static Tensor Plus(Tensor input, Tensor residual)
    {
        long width = residual.shape[2], conditions = input.shape[2] - width;
        return conditions == 0 ? input.Add(residual) : cat([input.narrow(2, 0, width).Add(residual), input.narrow(2, width, conditions)], 2);
    }
}

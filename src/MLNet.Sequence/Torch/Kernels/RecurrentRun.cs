using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The weights of a recurrent layer, or their gradients, with libtorch's shapes.</summary>
/// <param name="Input">[k·H, C].</param>
/// <param name="Recurrent">[k·H, H].</param>
/// <param name="InputBias">[k·H].</param>
/// <param name="RecurrentBias">[k·H].</param>
internal sealed record RecurrentWeights(Tensor Input, Tensor Recurrent, Tensor InputBias, Tensor RecurrentBias)
{
    /// <summary>H.</summary>
    public int Units => (int)Recurrent.shape[1];

    /// <summary>C.</summary>
    public int Inputs => (int)Input.shape[1];
}

/// <summary>The values that a backward pass needs from its forward pass. Steps come first, so that the vectors of a step are adjacent.</summary>
/// <param name="Vectors">The factors of the matrices and biases: for each step the h before it, 1 and its input, [T + 1, B, H + 1 + C], padded to a
/// multiple of <see cref="Multiple"/>. The last step has only h. Kernels with c have one more step, with the last c in the place of h.</param>
/// <param name="Gates">[T, B, gates · H]; a single gate is h itself, in <paramref name="Vectors"/> from the second step on.</param>
/// <param name="Cells">c before the first step and after each, [T + 1, B, H]; <paramref name="Vectors"/> for kernels without c.</param>
internal sealed record RecurrentRun(Tensor Vectors, Tensor Gates, Tensor Cells)
{
    /// <summary>Each vector starts at a cache line.</summary>
    public const int Multiple = 16;

    public int Steps => (int)Gates.shape[0];

    public int Rows => (int)Gates.shape[1];

    /// <summary>h after each step, and the last c if there is one: [T, B, H] or [T + 1, B, H].</summary>
    public Tensor States(int units) => Vectors.narrow(0, 1, Vectors.shape[0] - 1).narrow(2, 0, units);
}

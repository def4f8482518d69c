using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>One sweep of a cell over all steps from known states, with a graph of its own, which no other sweep is part of.</summary>
internal sealed class OneSweep
{
    private readonly Tensor[] _given, _before;

    /// <param name="cell">The cell.</param>
    /// <param name="given">The input's part of the gates, and the recurrent weights.</param>
    /// <param name="before">The states before each step.</param>
    /// <param name="alone">Whether gradients flow only from each unit to its own states.</param>
    public OneSweep(ISweptCell cell, Tensor[] given, Tensor[] before, bool alone = false)
    {
        using var graph = enable_grad();
        (_given, _before) = (Array.ConvertAll(given, Leaf), Array.ConvertAll(before, Leaf));
        After = alone ? cell.NextAlone(_given, _before) : cell.Next(_given, _before);
    }

    /// <summary>The states after each step.</summary>
    public Tensor[] After { get; }

    /// <summary>The gradients by the states before each step, from those by one value or all values of <see cref="After"/>.</summary>
    public Tensor[] ToBefore(Tensor after, Tensor gradient) => Gradients([after], [gradient], _before);

    /// <inheritdoc cref="ToBefore(Tensor, Tensor)"/>
    public Tensor[] ToBefore(Tensor[] gradients) => Gradients(After, gradients, _before);

    /// <summary>The gradients by what is given, and by the states before each step.</summary>
    public (Tensor[] Given, Tensor[] Before) ToAll(Tensor[] gradients)
    {
        Tensor[] all = Gradients(After, gradients, [.. _given, .. _before]);
        return (all[.._given.Length], all[_given.Length..]);
    }

    /// <summary>The gradients by leaves of a graph. Unlike those of autograd.grad, its errors are exceptions and do not end the process.</summary>
    public static Tensor[] Gradients(Tensor[] outputs, Tensor[] gradients, Tensor[] leaves)
    {
        autograd.backward(outputs, gradients, retain_graph: true, inputs: leaves);
        return Array.ConvertAll(leaves, leaf =>
        {
            Tensor gradient = leaf.grad!;
            leaf.grad = null;
            return gradient;
        });
    }

    private static Tensor Leaf(Tensor tensor) => tensor.detach().requires_grad_(true);
}

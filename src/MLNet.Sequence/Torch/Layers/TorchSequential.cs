using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchSequential(ITorchLayer[] children) : ITorchLayer
{
    // A sequence inside a sequence is its layers one after the other.
    private readonly ITorchLayer[] _children = [.. children.SelectMany(child => child is TorchSequential inner ? inner._children : [child])];

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor x = input;
        for (int i = 0; i < _children.Length; i++)
        {
            // What a layer makes goes as soon as the next has its output, but for what a backward pass will read: a deep network
            // takes the memory of its largest layer, not of all.
            using var scope = NewDisposeScope();
            // Of what only the last step is read the others need not be computed.
            bool isLast = i + 1 < _children.Length && _children[i + 1] is TorchLastStep;
            Tensor next = isLast ? _children[i++].Last(x, pass) : _children[i].Forward(x, pass);
            if (ReferenceEquals(next, x))
                continue;
            next.MoveToOuterDisposeScope();
            if (!ReferenceEquals(x, input))
                x.Dispose();
            x = next;
        }

        return x;
    }
}

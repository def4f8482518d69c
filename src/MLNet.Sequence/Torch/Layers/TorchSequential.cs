using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchSequential(ITorchLayer[] children) : ITorchLayer
{
    // A sequence inside a sequence is its layers one after the other.
    private readonly ITorchLayer[] _children = [.. children.SelectMany(child => child is TorchSequential inner ? inner._children : [child])];

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        for (int i = 0; i < _children.Length; i++)
        {
            // Of what only the last step is read the others need not be computed.
            bool isLast = i + 1 < _children.Length && _children[i + 1] is TorchLastStep;
            input = isLast ? _children[i++].Last(input, pass) : _children[i].Forward(input, pass);
        }

        return input;
    }
}

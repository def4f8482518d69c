using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchSequential(ITorchLayer[] children) : ITorchLayer
{
    // Nested sequential layers are flattened.
    private readonly ITorchLayer[] _children =
        [.. TorchRectifiedConv.Merge([.. children.SelectMany(child => child is TorchSequential inner ? inner._children : [child])])];

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        int last = Array.FindIndex(_children, child => child is TorchLastStep);
        if (last <= 0)
            return Run(input, Forward(_children, pass));
        IEnumerable<Func<Tensor, Tensor>> all = [.. Last(_children[..last], input.shape[1], pass), .. Forward(_children[(last + 1)..], pass)];
        return Run(input, all);
    }

    public Tensor Last(Tensor input, TorchPass pass) => _children.Length == 0
        ? TorchLastStep.Of(input, pass)
        : Run(input, Last(_children, input.shape[1], pass));

    public LastSteps? Reads(LastSteps wanted) =>
        _children.Reverse().Aggregate((LastSteps?)wanted, (steps, child) => steps is { } known ? child.Reads(known) : null);

    public Tensor At(Tensor input, LastSteps wanted, TorchPass pass) => Run(input, At(_children, ref wanted, pass));

    private static IEnumerable<Func<Tensor, Tensor>> Forward(ITorchLayer[] children, TorchPass pass) =>
        children.Select(child => (Func<Tensor, Tensor>)(x => child.Forward(x, pass)));

    // If only the last step of an output is needed, the other steps are not computed, nor the steps that only they depend on.
    private static IEnumerable<Func<Tensor, Tensor>> Last(ITorchLayer[] children, long steps, TorchPass pass)
    {
        // If rows end at different steps, all steps are computed.
        if (pass.Lengths is not null)
            return [.. Forward(children[..^1], pass), x => children[^1].Last(x, pass)];
        LastSteps wanted = LastSteps.One(steps), all = LastSteps.All(steps);
        Func<Tensor, Tensor>[] some = [.. At(children, ref wanted, pass)];
        int whole = children.Length - some.Length;
        LastSteps read = wanted;
        Func<Tensor, Tensor>[] first = whole == 0 ? [x => read.Of(x, all)]
            : read.Count == 1 ? [.. Forward(children[..(whole - 1)], pass), x => children[whole - 1].Last(x, pass).unsqueeze(1)]
            : [.. Forward(children[..whole], pass), x => read.Of(x, all)];
        return [.. first, .. some, x => x.squeeze(1)]; // [B, 1, D] → [B, D]
    }

    // The last layers that can compute only some steps, on the steps that they read. These are found from the last layer to the first.
    private static Stack<Func<Tensor, Tensor>> At(ITorchLayer[] children, ref LastSteps wanted, TorchPass pass)
    {
        var some = new Stack<Func<Tensor, Tensor>>();
        foreach (ITorchLayer child in children.Reverse())
        {
            if (child.Reads(wanted) is not { } read)
                break;
            LastSteps asked = wanted;
            some.Push(x => child.At(x, asked, pass));
            wanted = read;
        }

        return some;
    }

    private static Tensor Run(Tensor input, IEnumerable<Func<Tensor, Tensor>> layers)
    {
        Tensor x = input;
        foreach (Func<Tensor, Tensor> layer in layers)
        {
            // The output of a layer is disposed as soon as the next layer has finished, except what a backward pass needs: a deep network
            // needs the memory of its largest layer, not of all.
            using var scope = NewDisposeScope();
            Tensor next = layer(x);
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

using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Each part runs from the state before the earliest part that its gradients reach, which is detached; the steps there that they do not reach
/// run without a graph.
/// </summary>
internal sealed class TorchCutGradients(CutGradients layer, ITorchLayer inner) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long steps = input.shape[1], part = layer.Steps;
        // Also if gradients of the last part reach back to the first step.
        if (steps <= part || !is_grad_enabled() || (steps + part - 1) / part * part <= layer.Depth)
            return inner.Forward(input, pass);
        var before = new List<TorchState> { new() };
        try
        {
            var outputs = new List<Tensor>();
            for (long first = 0; first < steps; first += part)
            {
                (TorchState after, Tensor output) = Part(input, first, before, pass);
                before.Add(after);
                outputs.Add(output);
            }

            return cat([.. outputs], 1); // [B, T, D]
        }
        finally
        {
            before.ForEach(state => state.Dispose());
        }
    }

    private (TorchState After, Tensor Output) Part(Tensor input, long first, List<TorchState> before, TorchPass pass)
    {
        long end = Math.Min(first + layer.Steps, input.shape[1]), begin = Math.Max(0, first - (layer.Depth - layer.Steps));
        int known = (int)(begin / layer.Steps);
        var state = new TorchState();
        foreach ((string name, Tensor values) in before[known].Tensors)
            state.Put(name, values);
        if (begin % layer.Steps > 0)
        {
            using var noGrad = no_grad();
            Run(known * layer.Steps, begin);
        }

        return (state, Run(begin, end).narrow(1, first - begin, end - first));

        Tensor Run(long from, long to) => inner.Forward(input.narrow(1, from, to - from), pass with
        {
            State = state,
            Lengths = pass.Lengths?.Add(-from).Clamp(0, to - from),
        });
    }
}

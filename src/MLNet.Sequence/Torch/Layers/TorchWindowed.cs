using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// One recurrent layer, with pointwise layers around it, runs as sweeps over all steps. Anything else runs as a batch of all windows of all
/// rows, [B·(T − n + 1), n, C]; the first window gives the outputs of the first n steps.
/// </summary>
internal sealed class TorchWindowed(Windowed layer, ITorchLayer inner) : ITorchLayer
{
    private readonly int _window = layer.Steps;
    private readonly bool _sweeps = Recurrences(layer.Inner) == 1;

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        TorchPass own = Own(pass);
        long rows = input.shape[0], steps = input.shape[1], channels = input.shape[2];
        if (steps <= _window)
            return inner.Forward(input, own);
        if (_sweeps)
            return inner.Forward(input, own with { Truncation = _window });
        // [B, T, C] → [B, T − n + 1, C, n] → [B·(T − n + 1), n, C]
        Tensor windows = input.unfold(1, _window, 1).transpose(2, 3).reshape(-1, _window, channels);
        Tensor outputs = inner.Forward(windows, own);
        outputs = outputs.reshape(rows, steps - _window + 1, _window, -1);
        Tensor last = outputs.narrow(1, 1, steps - _window).select(2, -1);
        return cat([outputs.select(1, 0), last], 1); // [B, n, D] and [B, T − n, D] → [B, T, D]
    }

    /// <summary>Only the last window.</summary>
    public Tensor Last(Tensor input, TorchPass pass)
    {
        long steps = input.shape[1];
        return pass.Lengths is null
            ? inner.Last(steps <= _window ? input : input.narrow(1, steps - _window, _window), Own(pass))
            : TorchLastStep.Of(Forward(input, pass), pass);
    }

    // Every window starts from zeros, and no valid step reads padding.
    private static TorchPass Own(TorchPass pass) => pass with { Lengths = null, State = null, WarmUp = null, Newton = null };

    // The number of recurrent layers of a tree; more than one if another layer reads earlier steps.
    private static int Recurrences(Layer layer) => layer switch
    {
        RnnLayer or GruLayer or LstmLayer { RecurrentDropout: 0 } => 1,
        Sequential sequential => sequential.Layers.Sum(Recurrences),
        { ReceptiveField: 1 } => 0,
        _ => 2,
    };
}

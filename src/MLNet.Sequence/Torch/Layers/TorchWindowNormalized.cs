using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchWindowNormalized(WindowNormalized layer, ITorchLayer inner) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (layer.Kind == WindowNormalization.None)
            return inner.Forward(input, pass);
        (Tensor level, Tensor? scale) = Keep(LevelAndScale(input, pass.Lengths));
        Tensor x = input - level;
        Tensor y = inner.Forward(scale is null ? x : x / scale, pass);
        y = y.view(y.shape[0], -1, layer.Targets); // [B, H·K] → [B, H, K]
        if (scale is not null)
            y = y * scale.narrow(2, 0, layer.Targets);
        return y.Add(level.narrow(2, 0, layer.Targets)).flatten(1); // [B, H, K] → [B, H·K]
    }

    /// <summary>What is subtracted from each channel of whole windows where that is their last value: [B, T, C] → [B, 1, C].</summary>
    public static Tensor Level(WindowNormalized layer, Tensor input)
    {
        var own = new TorchWindowNormalized(layer, new TorchSequential([]));
        return own.Keep(own.LevelAndScale(input, lengths: null)).Level;
    }

    // [B, T, C] → [B, 1, C]
    private (Tensor Level, Tensor? Scale) LevelAndScale(Tensor input, Tensor? lengths)
    {
        if (layer.Kind == WindowNormalization.LastValue)
            return (lengths is null ? input.narrow(1, -1, 1) : TorchLastStep.At(input, lengths), null);
        if (lengths is null)
            return Moments(input, x => x.mean([1], keepdim: true));
        Tensor steps = HeldNumbers.Arange(input.shape[1], input.device);
        Tensor valid = steps.unsqueeze(0).lt(lengths.unsqueeze(1)).unsqueeze(2); // [B, T, 1]
        Tensor count = lengths.to_type(input.dtype).view(-1, 1, 1);
        return Moments(input, x => (x * valid).sum([1], keepdim: true) / count);
    }

    // Of kept channels the level is 0 and the scale 1.
    private (Tensor Level, Tensor? Scale) Keep((Tensor Level, Tensor? Scale) window)
    {
        if (layer.Kept.Count == 0)
            return window;
        bool[] kept = [.. Enumerable.Range(0, (int)window.Level.shape[2]).Select(layer.Kept.Contains)];
        Tensor mask = tensor(kept, device: window.Level.device);
        return (window.Level.MaskedFill(mask, 0), window.Scale?.MaskedFill(mask, 1));
    }

    private (Tensor Level, Tensor? Scale) Moments(Tensor input, Func<Tensor, Tensor> mean)
    {
        Tensor level = mean(input);
        return (level, layer.Kind == WindowNormalization.Mean ? null : mean((input - level).Square()).Add(WindowNormalized.Epsilon).sqrt());
    }
}

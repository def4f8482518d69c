using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchWindowNormalized(WindowNormalized layer, ITorchLayer inner) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        (Tensor level, Tensor? scale) = LevelAndScale(input);
        Tensor x = input - level;
        Tensor y = inner.Forward(scale is null ? x : x / scale, pass);
        y = y.view(y.shape[0], -1, layer.Targets); // [B, H·K] → [B, H, K]
        if (scale is not null)
            y = y * scale.narrow(2, 0, layer.Targets);
        return (y + level.narrow(2, 0, layer.Targets)).flatten(1); // [B, H, K] → [B, H·K]
    }

    // [B, T, C] → [B, 1, C]
    private (Tensor Level, Tensor? Scale) LevelAndScale(Tensor input)
    {
        if (layer.Kind == WindowNormalization.LastValue)
            return (input.narrow(1, -1, 1), null);
        Tensor mean = input.mean([1], keepdim: true);
        return (mean, ((input - mean).square().mean([1], keepdim: true) + WindowNormalized.Epsilon).sqrt());
    }
}

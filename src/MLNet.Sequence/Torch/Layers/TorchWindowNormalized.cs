using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The level and scale of windows.</summary>
internal sealed class TorchWindowNormalized(WindowNormalized window)
{
    /// <summary>
    /// The value that is subtracted from each channel of a window, and its divisor, [B, T, C] → [B, 1, C]; 0 and 1 for kept channels.
    /// </summary>
    public (Tensor Level, Tensor? Scale) LevelAndScale(Tensor input, Tensor? lengths) => Keep(Measure(input, lengths));

    /// <summary>Brings outputs, [B, H·K], back to the level and scale of their windows.</summary>
    public Tensor Undo(Tensor output, Tensor level, Tensor? scale)
    {
        Tensor y = output.view(output.shape[0], -1, window.Targets); // [B, H·K] → [B, H, K]
        if (scale is not null)
            y = y * scale.narrow(2, 0, window.Targets);
        return y.Add(level.narrow(2, 0, window.Targets)).flatten(1); // [B, H, K] → [B, H·K]
    }

    private (Tensor Level, Tensor? Scale) Measure(Tensor input, Tensor? lengths)
    {
        if (window.Kind == WindowNormalization.LastValue)
            return (lengths is null ? input.narrow(1, -1, 1) : TorchLastStep.At(input, lengths), null);
        if (lengths is null)
            return Moments(input, x => x.mean([1], keepdim: true));
        Tensor steps = HeldNumbers.Arange(input.shape[1], input.device);
        Tensor valid = steps.unsqueeze(0).lt(lengths.unsqueeze(1)).unsqueeze(2); // [B, T, 1]
        Tensor count = lengths.to_type(input.dtype).view(-1, 1, 1);
        return Moments(input, x => (x * valid).sum([1], keepdim: true) / count);
    }

    private (Tensor Level, Tensor? Scale) Keep((Tensor Level, Tensor? Scale) measured)
    {
        if (window.Kept.Count == 0)
            return measured;
        bool[] kept = [.. Enumerable.Range(0, (int)measured.Level.shape[2]).Select(window.Kept.Contains)];
        Tensor mask = tensor(kept, device: measured.Level.device);
        return (measured.Level.MaskedFill(mask, 0), measured.Scale?.MaskedFill(mask, 1));
    }

    private (Tensor Level, Tensor? Scale) Moments(Tensor input, Func<Tensor, Tensor> mean)
    {
        Tensor level = mean(input);
        return (level, window.Kind == WindowNormalization.Mean ? null : mean((input - level).Square()).Add(WindowNormalized.Epsilon).sqrt());
    }
}

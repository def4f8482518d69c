using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchReversed(ITorchLayer inner) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        // The state before the last step is unknown: every sequence starts from zeros.
        TorchPass own = pass with { State = null };
        if (pass.Lengths is not { } lengths)
            return inner.Forward(input.flip(1), own).flip(1);
        Tensor steps = HeldNumbers.Arange(input.shape[1], input.device).unsqueeze(0), last = lengths.Sub(1).unsqueeze(1);
        // [B, T, 1]: valid steps are reversed, padding stays in place. Applying it twice restores the order.
        Tensor places = where(steps.le(last), last - steps, steps).unsqueeze(2);
        return Moved(inner.Forward(Moved(input, places), own), places);
    }

    private static Tensor Moved(Tensor x, Tensor places) => x.gather(1, places.expand(-1, -1, x.shape[2]));
}

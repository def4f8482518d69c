using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchLastStep : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass) => Of(input, pass);

    /// <summary>The last valid step of each row: [B, T, C] → [B, C].</summary>
    public static Tensor Of(Tensor input, TorchPass pass) => pass.Lengths is { } lengths ? At(input, lengths).squeeze(1) : input.select(1, -1);

    /// <summary>The last valid step of each row: [B, T, C] → [B, 1, C].</summary>
    public static Tensor At(Tensor input, Tensor lengths) =>
        input.gather(1, lengths.Sub(1).view(-1, 1, 1).expand(-1, 1, input.shape[2]));
}

using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchDropout(Dropout layer) : ITorchPointwise
{
    /// <summary>Whether each value is dropped on its own.</summary>
    public bool DropsValues => !layer.Variational;

    /// <summary>What the values are multiplied with that are kept.</summary>
    public float Scale => (float)(1 / (1 - layer.Rate));

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        // [B, T, C], or [B, 1, C] for all steps
        Tensor like = layer.Variational && input.dim() == 3 ? input.narrow(1, 0, 1) : input;
        using Tensor? mask = Mask(input, like.shape, pass);
        return mask is null ? input : input * mask;
    }

    /// <summary>The next mask; null: nothing is dropped.</summary>
    public Tensor? Mask(Tensor like, long[] shape, TorchPass pass) => layer.Rate == 0 ? null : pass.Dropout?.Next(shape, layer.Rate, like);
}

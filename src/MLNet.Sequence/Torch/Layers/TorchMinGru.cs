using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchMinGru(Func<string, Tensor> own, string path) : ITorchLayer
{
    private readonly Tensor _weight = own("weight"), _bias = own("bias");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor gates = pass.Product(nn.functional.linear, input, _weight, _bias);
        // 1 − σ(z) = σ(−z)
        return TorchMinimalCell.Run<MinGruGates>(gates, parts => parts[0].neg(), path, pass);
    }
}

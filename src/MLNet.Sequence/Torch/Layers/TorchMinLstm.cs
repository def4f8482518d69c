using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchMinLstm(Func<string, Tensor> own, string path) : ITorchLayer
{
    private readonly Tensor _weight = own("weight"), _bias = own("bias");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor[] parts = pass.Product(nn.functional.linear, input, _weight, _bias).chunk(3, -1);
        // f / (f + i) = σ(ln f − ln i), which is also correct where both gates are so small that f + i rounds to 0.
        Tensor keep = nn.functional.logsigmoid(parts[0]) - nn.functional.logsigmoid(parts[1]);
        return TorchMinimalCell.Run(keep, parts[2], path, pass.State);
    }
}

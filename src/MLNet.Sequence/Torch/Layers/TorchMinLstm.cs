using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchMinLstm(Func<string, Tensor> own, string path) : ITorchLayer
{
    private readonly Tensor _weight = own("weight"), _bias = own("bias");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor gates = pass.Product(nn.functional.linear, input, _weight, _bias);
        // f / (f + i) = σ(ln f − ln i), which is also correct where both gates are so small that f + i rounds to 0.
        return TorchMinimalCell.Run<MinLstmGates>(
            gates, parts => nn.functional.logsigmoid(parts[0]) - nn.functional.logsigmoid(parts[1]), path, pass);
    }
}

using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchParaGru(Func<string, Tensor> own, Func<string, string> path) : ITorchLayer
{
    private static readonly SweptParaGru Cell = new();

    private readonly Tensor _weight = own("weight"), _bias = own("bias"), _recurrent = own("recurrent");

    public Tensor Forward(Tensor input, TorchPass pass) => TorchDiagonalCell.Run<ParaGruKernel>(
        Cell, [pass.Product(nn.functional.linear, input, _weight, _bias), _recurrent], path, pass);
}

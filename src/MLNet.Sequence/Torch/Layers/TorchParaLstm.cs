using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchParaLstm(Func<string, Tensor> own, Func<string, string> path) : ITorchLayer
{
    private static readonly SweptParaLstm Cell = new();

    private readonly Tensor _weight = own("weight"), _bias = own("bias"), _recurrent = own("recurrent"), _peephole = own("peephole");

    public Tensor Forward(Tensor input, TorchPass pass) => TorchDiagonalCell.Run<ParaLstmKernel>(
        Cell, [pass.Product(nn.functional.linear, input, _weight, _bias), _recurrent, _peephole], path, pass);
}

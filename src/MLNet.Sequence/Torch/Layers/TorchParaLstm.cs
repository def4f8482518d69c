using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <param name="own">The layer's weights.</param>
/// <param name="prefix">The prefix of the names of its states.</param>
internal sealed class TorchParaLstm(Func<string, Tensor> own, string prefix) : ITorchLayer
{
    private static readonly SweptParaLstm Cell = new();

    private readonly Tensor _weight = own("weight"), _bias = own("bias"), _recurrent = own("recurrent"), _peephole = own("peephole");

    public Tensor Forward(Tensor input, TorchPass pass) => TorchDiagonalCell.Run<ParaLstmKernel>(
        Cell, [pass.Product(nn.functional.linear, input, _weight, _bias), _recurrent, _peephole], [prefix + "c", prefix + "h"], pass);
}

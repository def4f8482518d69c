using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own LSTM (cuDNN on a GPU), its parameters laid over ours.</summary>
internal sealed class TorchLstm : ITorchLayer
{
    private readonly TorchSharp.Modules.LSTM _lstm;

    public TorchLstm(LstmLayer layer, int inputSize, string prefix, TorchParameters parameters)
    {
        // The module draws first values that we lay ours over: the global random state must not show it.
        using (Tensor state = torch.get_rng_state())
        {
            _lstm = nn.LSTM(inputSize, layer.HiddenSize, batchFirst: true, device: parameters.Device);
            torch.set_rng_state(state);
        }

        parameters.Own(_lstm);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in _lstm.named_parameters())
            parameters.LayOver(prefix + name[..^"_l0".Length], parameter);
    }

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        (Tensor output, _, _) = _lstm.call(input);
        return output;
    }
}

using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own LSTM (cuDNN on a GPU), its parameters laid over ours.</summary>
internal sealed class TorchLstm : ITorchLayer
{
    private readonly TorchSharp.Modules.LSTM _lstm;
    private readonly string _path;

    public TorchLstm(LstmLayer layer, int inputSize, string prefix, TorchParameters parameters)
    {
        _path = prefix;
        // The module draws first values that we lay ours over: the global random state must not show it.
        using (Tensor state = torch.get_rng_state())
        {
            _lstm = nn.LSTM(inputSize, layer.HiddenSize, batchFirst: true, device: parameters.Device, dtype: parameters.Values.dtype);
            torch.set_rng_state(state);
        }

        parameters.Own(_lstm);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in _lstm.named_parameters())
            parameters.LayOver(prefix + name[..^"_l0".Length], parameter);
    }

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (pass.State is not { } state)
            return _lstm.call(input).Item1;
        (Tensor, Tensor)? start = state.Take(_path + "h") is { } hidden && state.Take(_path + "c") is { } cell ? (hidden, cell) : null;
        (Tensor output, Tensor lastHidden, Tensor lastCell) = _lstm.call(input, start);
        state.Put(_path + "h", lastHidden);
        state.Put(_path + "c", lastCell);
        return output;
    }
}

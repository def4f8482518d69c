using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A loop over the steps: TorchSharp's LSTM has no projection. The input's part is computed for all steps at once.</summary>
/// <param name="own">The layer's weights.</param>
/// <param name="prefix">The prefix of the names of its states.</param>
internal sealed class TorchProjectedLstm(Func<string, Tensor> own, string prefix) : ITorchLayer
{
    private readonly Tensor _input = own("weight_ih"), _inputBias = own("bias_ih"), _recurrent = own("weight_hh"), _recurrentBias = own("bias_hh"),
        _projection = own("weight_hr");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor[] given = pass.Product(nn.functional.linear, input, _input, _inputBias).unbind(1); // T × [B, 4 H]
        Tensor r = pass.State?.Take(prefix + "r") ?? zeros(input.shape[0], _projection.shape[0], input.dtype, input.device);
        Tensor c = pass.State?.Take(prefix + "c") ?? zeros(input.shape[0], _projection.shape[1], input.dtype, input.device);
        var outputs = new Tensor[given.Length];
        for (int t = 0; t < outputs.Length; t++)
        {
            Tensor[] gates = given[t].Add(nn.functional.linear(r, _recurrent, _recurrentBias)).chunk(4, 1);
            c = (gates[1].sigmoid() * c).Addcmul(gates[0].sigmoid(), gates[2].tanh(), 1);
            outputs[t] = r = nn.functional.linear(gates[3].sigmoid() * c.tanh(), _projection);
        }

        pass.State?.Put(prefix + "r", r);
        pass.State?.Put(prefix + "c", c);
        return stack(outputs, 1); // T × [B, P] → [B, T, P]
    }
}

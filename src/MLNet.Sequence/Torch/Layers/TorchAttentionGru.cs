using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A loop over the steps of the input. What does not depend on the state is computed for all steps at once.</summary>
internal sealed class TorchAttentionGru(Func<string, Tensor> own) : ITorchLayer
{
    private readonly Tensor _input = own("weight_ih"), _recurrent = own("weight_hh"), _inputBias = own("bias_ih"), _recurrentBias = own("bias_hh"),
        _query = own("weight_query"), _memory = own("weight_memory"), _memoryBias = own("bias_memory"), _score = own("weight_score"),
        _start = own("weight_start"), _startBias = own("bias_start");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor memory = pass.Memory ?? input;
        Tensor? padding = Padding(memory, pass.Memory is null ? pass.Lengths : pass.MemoryLengths);
        Tensor[] weights = [_input.narrow(1, 0, input.shape[2]), _input.narrow(1, input.shape[2], memory.shape[2])];
        Tensor given = pass.Product(nn.functional.linear, input, weights[0], _inputBias); // [B, U, 3 n]
        Tensor keys = pass.Product(nn.functional.linear, memory, _memory, _memoryBias); // [B, T, a]
        Tensor state = nn.functional.linear(memory.select(1, 0), _start, _startBias).tanh(); // [B, n]
        var outputs = new Tensor[input.shape[1]];
        for (int t = 0; t < outputs.Length; t++)
        {
            Tensor context = Attend(state, (keys, memory, padding));
            Tensor gates = given.select(1, t).Add(nn.functional.linear(context, weights[1]));
            state = Next(state, gates);
            outputs[t] = cat([state, context], 1);
        }

        return stack(outputs, 1);
    }

    // [B, n] to [B, M]
    private Tensor Attend(Tensor state, (Tensor Keys, Tensor Memory, Tensor? Padding) to)
    {
        Tensor compared = to.Keys.Add(nn.functional.linear(state, _query).unsqueeze(1)).tanh(); // [B, T, a]
        Tensor scores = nn.functional.linear(compared, _score).squeeze(2); // [B, T]
        if (to.Padding is not null)
            scores = scores.MaskedFill(to.Padding, double.NegativeInfinity);
        return scores.softmax(1).unsqueeze(1).bmm(to.Memory).squeeze(1);
    }

    private Tensor Next(Tensor state, Tensor given)
    {
        Tensor[] g = given.chunk(3, 1), r = nn.functional.linear(state, _recurrent, _recurrentBias).chunk(3, 1);
        Tensor fresh = g[2].Add(g[0].Add(r[0]).sigmoid() * r[2]).tanh();
        return fresh.Add(g[1].Add(r[1]).sigmoid() * (state - fresh));
    }

    // [B, T]: true where a step of the memory is padding; null: no padding.
    private static Tensor? Padding(Tensor memory, Tensor? lengths) => lengths is null
        ? null
        : HeldNumbers.Arange(memory.shape[1], memory.device).unsqueeze(0).ge(lengths.unsqueeze(1));
}

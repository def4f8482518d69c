using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchPooling(PoolingKind kind, Func<string, Tensor> own) : ITorchLayer
{
    private readonly Tensor? _weight = kind == PoolingKind.Attention ? own("weight") : null;

    // [B, T, C] → [B, C]
    public Tensor Forward(Tensor input, TorchPass pass) => kind switch
    {
        PoolingKind.Mean => Mean(input, pass.Lengths),
        PoolingKind.Max => Hide(input, pass.Lengths).amax([1]),
        PoolingKind.Attention => Attend(input, pass.Lengths),
        _ => throw new NotSupportedException($"The pooling {kind} is not implemented on TorchSharp."),
    };

    private static Tensor Mean(Tensor input, Tensor? lengths)
    {
        if (lengths is null)
            return input.mean([1]);
        // Padding may hold any values: it is masked, not multiplied by 0.
        Tensor valid = input.MaskedFill(Padding(input, lengths), 0);
        return valid.sum([1]) / lengths.to_type(input.dtype).unsqueeze(1);
    }

    private Tensor Attend(Tensor input, Tensor? lengths)
    {
        Tensor scores = nn.functional.linear(input, _weight!); // [B, T, C] → [B, T, 1]
        return (Hide(scores, lengths).softmax(1) * input).sum([1]);
    }

    private static Tensor Hide(Tensor input, Tensor? lengths) => lengths is null
        ? input
        : input.MaskedFill(Padding(input, lengths), float.NegativeInfinity);

    // [B, T, 1]: true beyond the last valid step.
    private static Tensor Padding(Tensor input, Tensor lengths) =>
        HeldNumbers.Arange(input.shape[1], input.device).unsqueeze(0).ge(lengths.unsqueeze(1)).unsqueeze(2);
}

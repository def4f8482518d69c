using MLNet.Sequence.Managed;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>The probabilities of the token after a row's last and, behind them, the row's mean cross-entropy per token.</summary>
internal sealed class NextTokenDecoder(NextStep task) : RowDecoder
{
    private readonly int _tokens = task.OutputSize;

    public override SequenceInput Input => task.Input;

    public override bool OnlyBits => false;

    public override int StepOutputs => _tokens;

    public override float[] Empty { get; } = Unknown(task.OutputSize + 1);

    public override OutputColumn[] Columns => NextStepColumns.Outputs(task);

    public override float[] Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence)
    {
        var output = new float[_tokens + 1];
        double loss = 0;
        for (int step = 0; step < sequence.Length - 1; step++)
        {
            ReadOnlySpan<float> logits = network.Slice(step * _tokens, _tokens);
            loss += Logits.LogSumExp(logits) - logits[(int)sequence[step + 1]];
        }

        Span<float> probabilities = output.AsSpan(0, _tokens);
        network.Slice((sequence.Length - 1) * _tokens, _tokens).CopyTo(probabilities);
        Logits.Normalize(probabilities);
        foreach (ref float value in probabilities)
            value = MathF.Exp(value);
        // Of a sequence of one token nothing was predicted: 0 / 0 is NaN.
        output[_tokens] = (float)(loss / (sequence.Length - 1));
        return output;
    }
}

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class AttentionRnnTests : EncoderDecoderContract
{
    internal override IReadOnlyList<(EncoderDecoder Architecture, long Parameters)> Small =>
    [
        Case(new AttentionRnn { HiddenSize = 4 }, compared: 4, gates: 3),
        Case(new AttentionRnn { HiddenSize = 3, AttentionSize = 5, EncoderLayers = 2, LstmEncoder = true, Dropout = 0.25 }, compared: 5, gates: 4),
    ];

    internal override EncoderDecoder Invalid => new AttentionRnn { HiddenSize = 0, AttentionSize = 0, EncoderLayers = 0, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(AttentionRnn.HiddenSize), nameof(AttentionRnn.AttentionSize), nameof(AttentionRnn.EncoderLayers), nameof(AttentionRnn.Dropout)];

    // Layers of gates with two biases in both directions; then the attention, the start, and the decoder's gates on the input and the context.
    private static (EncoderDecoder, long) Case(AttentionRnn rnn, int compared, int gates)
    {
        long n = rnn.HiddenSize, m = 2 * n, a = compared;
        long first = 2 * gates * n * (Inputs + n + 2), others = (rnn.EncoderLayers - 1) * 2 * gates * n * (m + n + 2);
        long attention = a * n + a * (m + 1) + a, start = n * (m + 1), decoder = 3 * n * (Inputs + m + n + 2), output = n * (n + m + 1);
        return (rnn, first + others + attention + start + decoder + output);
    }
}

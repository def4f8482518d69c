namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class GnmtTests : EncoderDecoderContract
{
    internal override IReadOnlyList<(EncoderDecoder Architecture, long Parameters)> Small =>
    [
        Case(new Gnmt { HiddenSize = 4, Layers = 3 }, compared: 4),
        Case(new Gnmt { HiddenSize = 3, Layers = 2, AttentionSize = 5, Dropout = 0.25 }, compared: 5),
        Case(new Gnmt { HiddenSize = 3, Layers = 1 }, compared: 3),
    ];

    internal override EncoderDecoder Invalid => new Gnmt { HiddenSize = 0, Layers = 0, AttentionSize = 0, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(Gnmt.HiddenSize), nameof(Gnmt.Layers), nameof(Gnmt.AttentionSize), nameof(Gnmt.Dropout)];

    // An LSTM has four gates with two biases. The memory is that of the encoder's last layer, and all further layers of the decoder read it.
    private static (EncoderDecoder, long) Case(Gnmt gnmt, int compared)
    {
        long n = gnmt.HiddenSize, l = gnmt.Layers, m = l == 1 ? 2 * n : n, a = compared;
        long Lstm(long inputs) => 4 * n * (inputs + n + 2);
        long encoder = 2 * Lstm(Inputs) + (l > 1 ? Lstm(2 * n) : 0) + Math.Max(0, l - 2) * Lstm(n);
        long attention = a * n + a * (m + 1) + a, start = n * (m + 1), first = 3 * n * (Inputs + m + n + 2);
        return (gnmt, encoder + attention + start + first + (l - 1) * Lstm(n + m));
    }
}

using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// LSTM n-gram (Chelba, Norouzi and Bengio, arXiv 1703.10724): at every step the output of an LSTM that is run from the zero
/// state over the last n inputs, with c and h as in <see cref="Lstm"/>. The advantage of the LSTM over it shows the value of recurrence
/// beyond n steps. Each step costs n steps of the LSTM, in training and after.
/// Receptive field n.
/// Deviates: n counts the inputs seen, while the paper's n-gram also counts the word to predict, so its n is this plus 1; dropout between
/// layers only; two bias vectors per layer, as in PyTorch.
/// </summary>
public sealed record LstmNgram : Architecture
{
    /// <summary>n, the number of inputs seen, the present one included; at least 1. Default 12: the paper's 13-gram.</summary>
    public int Window { get; init; } = 12;

    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other, all run within the same window; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>The initial bias of the forget gate, any finite number; null: drawn like the other biases. Default 1.</summary>
    public double? ForgetBias { get; init; } = 1;

    /// <inheritdoc/>
    public override Layer Build(int context) => new Windowed(Unbounded.Build(context), Window);

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => [.. AtLeast(1, Window, nameof(Window)), .. Unbounded.Problems()];

    // Without the window.
    private Lstm Unbounded => new() { HiddenSize = HiddenSize, Layers = Layers, Dropout = Dropout, ForgetBias = ForgetBias };
}

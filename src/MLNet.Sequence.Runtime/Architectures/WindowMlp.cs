using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The feed-forward autoregressive model of <i>When Recurrent Models Don't Need to be Recurrent</i> (Miller and Hardt,
/// arXiv 1805.10369): a multi-layer perceptron on the k most recent inputs, h_1 = ReLU(Σ_{i&lt;k} W_i x_{t−i} + b),
/// h_{j+1} = ReLU(V_j h_j + b_j). The first layer is a causal convolution of k taps.
/// Receptive field k.
/// Deviates: the inputs before the first step are zeros; the post's regression on the last hidden layer is the task's head.
/// </summary>
public sealed record WindowMlp : Architecture
{
    /// <summary>k, the number of inputs seen, the present one included; at least 1. Null, the default: the context.</summary>
    public int? Window { get; init; }

    /// <summary>Units of each hidden layer; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Hidden layers, the first one, which sees the window, included; at least 1. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Rate of dropout after each hidden layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(i == 0 ? new CausalConv(HiddenSize, Window ?? context) : new Dense(HiddenSize));
            layers.Add(new Activation(ActivationKind.Relu));
            if (Dropout > 0)
                layers.Add(new Dropout((float)Dropout));
        }

        return new Sequential(layers);
    }

    internal override Architecture Within(int context) => this with { Window = Window ?? context };

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() =>
    [
        .. AtLeast(1, Window ?? 1, nameof(Window)),
        .. AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. AtLeast(1, Layers, nameof(Layers)),
        .. DropoutRate(Dropout, nameof(Dropout)),
    ];
}

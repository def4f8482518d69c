using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked long short-term memory with recurrent projections, for large language models (Sak, Senior and Beaufays, arXiv 1402.1128, section 2.2;
/// Jozefowicz et al., arXiv 1602.02410, section 3): per layer i, f, o = σ(W x_t + R r_{t−1} + b), g = tanh(W x_t + R r_{t−1} + b),
/// c_t = f c_{t−1} + i g, r_t = P (o tanh(c_t)); dropout on the connections between layers. For words see also
/// <see cref="NextStep.AdaptiveSoftmax"/>.
/// Deviates: without peepholes and without a second, non-recurrent projection; two bias vectors per layer and none of the projection, as in
/// PyTorch's nn.LSTM with proj_size.
/// </summary>
public sealed record ProjectedLstm : Architecture
{
    /// <summary>Units per layer; at least 1. Default 256.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>
    /// Channels of the projection, which the next step, the next layer and the output read; at least 1, usually fewer than units. Default 64.
    /// </summary>
    public int ProjectionSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>The initial bias of the forget gate, any finite number; null: drawn like the other biases. Default 1.</summary>
    public double? ForgetBias { get; init; } = 1;

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new ProjectedLstmLayer(HiddenSize, ProjectionSize) { ForgetBias = ForgetBias });
            if (Dropout > 0)
                layers.Add(new Dropout((float)Dropout));
        }

        return new Sequential(layers);
    }

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() =>
    [
        .. AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. AtLeast(1, ProjectionSize, nameof(ProjectionSize)),
        .. AtLeast(1, Layers, nameof(Layers)),
        .. DropoutRate(Dropout, nameof(Dropout)),
        .. Finite(ForgetBias, nameof(ForgetBias)),
    ];
}

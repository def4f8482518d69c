using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>A network as one writes it by hand in TorchSharp, with its last step [B, C] as output.</summary>
/// <param name="Features">The number of channels of the output.</param>
/// <param name="Parameters">Its weights.</param>
/// <param name="Forward">From [B, T, inputs] to [B, Features].</param>
internal sealed record HandMade(int Features, IReadOnlyList<Parameter> Parameters, Func<Tensor, Tensor> Forward)
{
    public static HandMade Lstm(int inputs, int hidden)
    {
        LSTM layer = nn.LSTM(inputs, hidden, batchFirst: true);
        return new HandMade(hidden, [.. layer.parameters()], x => layer.call(x).Item1.select(1, -1));
    }

    public static HandMade Gru(int inputs, int hidden)
    {
        GRU layer = nn.GRU(inputs, hidden, batchFirst: true);
        return new HandMade(hidden, [.. layer.parameters()], x => layer.call(x).Item1.select(1, -1));
    }

    public static HandMade Rnn(int inputs, int hidden)
    {
        RNN layer = nn.RNN(inputs, hidden, batchFirst: true);
        return new HandMade(hidden, [.. layer.parameters()], x => layer.call(x).Item1.select(1, -1));
    }

    public static HandMade Tcn(int inputs, int filters, int levels)
    {
        var network = new HandMadeTcn(inputs, filters, levels, dropout: 0);
        return new HandMade(filters, network.Parameters, x => network.Forward(x).select(1, -1));
    }

    public static HandMade Transformer(int inputs, int channels, int layers, int heads)
    {
        var network = new HandMadeTransformer(inputs, channels, layers, heads);
        return new HandMade(channels, network.Parameters, x => network.Forward(x).select(1, -1));
    }
}

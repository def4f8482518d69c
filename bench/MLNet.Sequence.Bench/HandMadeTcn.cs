using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>A TCN of three taps as one writes it by hand in TorchSharp: [B, C, T] inside, all steps computed.</summary>
internal sealed class HandMadeTcn : IDisposable
{
    private const int Taps = 3;

    private readonly List<(Parameter Direction, Parameter Gain, Parameter Bias)> _convolutions = [];
    private readonly Parameter _shortcut, _shortcutBias;
    private readonly float _dropout;

    public HandMadeTcn(int channels, int filters, int levels, float dropout)
    {
        _dropout = dropout;
        for (int i = 0; i < 2 * levels; i++)
        {
            int read = i == 0 ? channels : filters;
            Tensor direction = (rand(filters, read, Taps) - 0.5).mul(2 / Math.Sqrt(read * Taps)), gain = Norm(direction);
            _convolutions.Add((nn.Parameter(direction), nn.Parameter(gain), nn.Parameter(zeros(filters))));
        }

        (_shortcut, _shortcutBias) = (nn.Parameter(rand(filters, channels, 1) - 0.5), nn.Parameter(zeros(filters)));
    }

    public IReadOnlyList<Parameter> Parameters =>
        [.. _convolutions.SelectMany(one => new[] { one.Direction, one.Gain, one.Bias }), _shortcut, _shortcutBias];

    public Tensor Forward(Tensor input)
    {
        Tensor x = input.transpose(1, 2);
        for (int level = 0; level < _convolutions.Count / 2; level++)
        {
            Tensor y = Half(Half(x, 2 * level, 1 << level), 2 * level + 1, 1 << level);
            x = (y + (level == 0 ? nn.functional.conv1d(x, _shortcut, _shortcutBias) : x)).relu();
        }

        return x.transpose(1, 2);
    }

    public void Dispose()
    {
        foreach ((Parameter direction, Parameter gain, Parameter bias) in _convolutions)
        {
            direction.Dispose();
            gain.Dispose();
            bias.Dispose();
        }

        _shortcut.Dispose();
        _shortcutBias.Dispose();
    }

    private Tensor Half(Tensor x, int convolution, int dilation)
    {
        (Tensor direction, Tensor gain, Tensor bias) = _convolutions[convolution];
        Tensor kernel = direction * (gain / Norm(direction)).view(-1, 1, 1);
        Tensor y = nn.functional.conv1d(nn.functional.pad(x, [(Taps - 1) * dilation, 0]), kernel, bias, 1, 0, dilation).relu();
        return _dropout > 0 ? nn.functional.dropout(y, _dropout) : y;
    }

    private static Tensor Norm(Tensor direction) => (direction * direction).sum([1, 2]).sqrt();
}

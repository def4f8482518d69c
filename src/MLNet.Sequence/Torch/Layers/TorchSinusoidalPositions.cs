using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchSinusoidalPositions(StepTable waves) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass) => input.Add(waves.First(input.shape[1])); // [B, T, C] and [T, C]

    /// <summary>The waves for this many channels, one table for all layers of a network.</summary>
    public static StepTable Table(TorchParameters parameters, int channels) => parameters.Table($"waves of {channels} channels", step =>
        [.. Enumerable.Range(0, channels).Select(channel => SinusoidalPositions.Wave(step, channel, channels))]);
}

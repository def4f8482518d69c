using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchSinusoidalPositions : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        int steps = (int)input.shape[1], channels = (int)input.shape[2];
        double[] waves = [.. Enumerable.Range(0, steps * channels).Select(i => SinusoidalPositions.Wave(i / channels, i % channels, channels))];
        return input.Add(tensor(waves, [steps, channels]).to(input.dtype, input.device));
    }
}

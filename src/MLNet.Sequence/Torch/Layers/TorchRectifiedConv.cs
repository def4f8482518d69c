using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A convolution and the layers behind it, max(·, 0) and then perhaps dropout, which our own kernel computes in the same pass.</summary>
internal sealed class TorchRectifiedConv(TorchCausalConv convolution, TorchActivation rectifier, TorchDropout? dropout) : ITorchLayer
{
    /// <summary>The same layers with these merged.</summary>
    public static IEnumerable<ITorchLayer> Merge(IReadOnlyList<ITorchLayer> layers)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            if (layers[i] is not TorchCausalConv convolution || i + 1 == layers.Count || layers[i + 1] is not TorchActivation { Rectifies: true } rectifier)
            {
                yield return layers[i];
                continue;
            }

            i++;
            TorchDropout? dropout = i + 1 < layers.Count ? layers[i + 1] as TorchDropout : null;
            if (dropout is { DropsValues: true })
                i++;
            yield return new TorchRectifiedConv(convolution, rectifier, dropout is { DropsValues: true } ? dropout : null);
        }
    }

    public Tensor Forward(Tensor input, TorchPass pass) => Own(input, LastSteps.All(input.shape[1]), pass) ?? Rest(convolution.Forward(input, pass), pass);

    public LastSteps? Reads(LastSteps wanted) => convolution.Reads(wanted);

    public Tensor At(Tensor input, LastSteps wanted, TorchPass pass) => Own(input, wanted, pass) ?? Rest(convolution.At(input, wanted, pass), pass);

    private Tensor? Own(Tensor input, LastSteps wanted, TorchPass pass)
    {
        ConvShape shape = convolution.Shape(input, wanted) with { Rectified = true };
        if (!KernelChoice.OfConvolution(input, shape, pass))
            return null;
        using Tensor? mask = dropout?.Mask(input, [shape.Rows, shape.Outputs, shape.Filters], pass);
        return ConvFunction.Run(input, convolution.Weights, mask is null ? shape : shape with { MaskScale = dropout!.Scale }, mask);
    }

    private Tensor Rest(Tensor y, TorchPass pass)
    {
        Tensor rectified = rectifier.Forward(y, pass);
        return dropout is null ? rectified : dropout.Forward(rectified, pass);
    }
}

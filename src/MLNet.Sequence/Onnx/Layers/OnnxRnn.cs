using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxRnn(RnnLayer layer, OnnxWeights own) : IOnnxLayer
{
    private readonly OnnxRecurrence _recurrence = new("RNN", layer.HiddenSize, [0], "h");

    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => _recurrence.Run(input, own, pass, Of("activations", [layer.Activation switch
    {
        ActivationKind.Tanh => "Tanh",
        ActivationKind.Relu => "Relu",
        _ => throw new NotSupportedException($"A simple recurrent layer has tanh or ReLU, not {layer.Activation}."),
    }]));
}

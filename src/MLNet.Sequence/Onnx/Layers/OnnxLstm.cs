using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxLstm(LstmLayer layer, OnnxWeights own) : IOnnxLayer
{
    // i, o, f, g of our i, f, g, o
    private readonly OnnxRecurrence _recurrence = new("LSTM", layer.HiddenSize, [0, 3, 1, 2], "h", "c");

    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => _recurrence.Run(input, own, pass);
}

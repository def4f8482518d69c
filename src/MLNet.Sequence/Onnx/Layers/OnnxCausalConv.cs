using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

/// <summary>The state is the last (k − 1)·d inputs, oldest first.</summary>
internal sealed class OnnxCausalConv(CausalConv layer, int inputSize, OnnxWeights own) : IOnnxLayer
{
    private int Reach => (layer.KernelSize - 1) * layer.Dilation;

    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => pass.State is { } state ? Step(input, state) : Whole(input);

    private OnnxValue Whole(OnnxValue input)
    {
        OnnxValue x = input.Transpose(0, 2, 1); // [B, T, C] → [B, C, T]
        OnnxValue y = input.Graph.Node("Conv",
            [x, own.Made(input.Graph, "kernel", Kernel(), layer.Channels, inputSize, layer.KernelSize), own.As(input.Graph, "bias")],
            Of("kernel_shape", [layer.KernelSize]), Of("dilations", [layer.Dilation]), Of("pads", [Reach, 0L]));
        return y.Transpose(0, 2, 1); // [B, D, T] → [B, T, D]
    }

    private OnnxValue Step(OnnxValue input, OnnxState state)
    {
        int taps = layer.KernelSize;
        if (Reach > 0)
        {
            OnnxValue seen = state.Window(own.Path("inputs"), input, Reach, inputSize);
            long[] at = [.. Enumerable.Range(0, taps).Select(tap => (long)tap * layer.Dilation)];
            input = seen.Gather(1, input.Graph.Constant(at)).Reshape(0, taps * inputSize); // [B, k, C] → [B, k·C]
        }

        // [D, C, k] → [k·C, D]
        float[] kernel = Kernel(), matrix = new float[kernel.Length];
        for (int i = 0; i < kernel.Length; i++)
        {
            (int d, int c, int tap) = (i / taps / inputSize, i / taps % inputSize, i % taps);
            matrix[(tap * inputSize + c) * layer.Channels + d] = kernel[i];
        }

        return input.MatMul(own.Made(input.Graph, "taps", matrix, taps * inputSize, layer.Channels)) + own.As(input.Graph, "bias");
    }

    private float[] Kernel()
    {
        if (!layer.WeightNormalized)
            return own.Values("weight");
        float[] direction = own.Values("weight_v"), gain = own.Values("weight_g");
        double[] scale = [.. direction.Chunk(inputSize * layer.KernelSize).Select((row, i) => gain[i] / Math.Sqrt(row.Sum(v => (double)v * v)))];
        return [.. direction.Select((v, i) => (float)(v * scale[i / (inputSize * layer.KernelSize)]))];
    }
}

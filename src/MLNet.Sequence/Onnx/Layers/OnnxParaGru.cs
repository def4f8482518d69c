using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxParaGru(ParaGruLayer layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        int size = layer.HiddenSize;
        OnnxValue parts = own.Linear(input);
        OnnxValue[] a = own.As(input.Graph, "recurrent").Split(0, 3, size);
        OnnxValue Next(OnnxValue h, OnnxValue at)
        {
            OnnxValue[] x = at.Split(-1, 3, size);
            OnnxValue z = (x[0] + a[0] * h).Sigmoid(), r = (x[1] + a[1] * h).Sigmoid();
            return h + z * ((x[2] + a[2] * (r * h)).Tanh() - h);
        }

        if (pass.State is null)
            return OnnxScan.Run([parts], [size], (h, at) => [Next(h[0], at[0])])[0];
        OnnxValue before = pass.State.Take(own.Path("h"), size), after = Next(before, parts);
        pass.State.Put(before, after);
        return after;
    }
}

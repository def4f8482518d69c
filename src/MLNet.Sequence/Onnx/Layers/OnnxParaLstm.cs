using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The states are c and h.</summary>
internal sealed class OnnxParaLstm(ParaLstmLayer layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        int size = layer.HiddenSize;
        OnnxValue parts = own.Linear(input);
        OnnxValue[] a = own.As(input.Graph, "recurrent").Split(0, 3, size), p = own.As(input.Graph, "peephole").Split(0, 2, size);
        OnnxValue[] Next(OnnxValue c, OnnxValue h, OnnxValue at)
        {
            OnnxValue[] x = at.Split(-1, 3, size);
            OnnxValue f = (x[0] + a[0] * h + p[0] * c).Sigmoid(), n = (x[2] + a[2] * h).Tanh(), cell = n + f * (c - n);
            return [cell, (x[1] + a[1] * h + p[1] * cell).Sigmoid() * cell.Tanh()];
        }

        if (pass.State is null)
            return OnnxScan.Run([parts], [size, size], (states, at) => Next(states[0], states[1], at[0]))[1];
        OnnxValue[] before = [pass.State.Take(own.Path("c"), size), pass.State.Take(own.Path("h"), size)], after = Next(before[0], before[1], parts);
        for (int i = 0; i < before.Length; i++)
            pass.State.Put(before[i], after[i]);
        return after[1];
    }
}

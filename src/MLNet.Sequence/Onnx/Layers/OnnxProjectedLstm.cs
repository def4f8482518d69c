using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>ONNX's own LSTM has no projection. The states are c and r.</summary>
internal sealed class OnnxProjectedLstm(ProjectedLstmLayer layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue given = own.Linear(input, "weight_ih", "bias_ih");
        OnnxValue[] Next(OnnxValue c, OnnxValue r, OnnxValue at)
        {
            OnnxValue[] gates = (at + own.Linear(r, "weight_hh", "bias_hh")).Split(-1, 4, layer.HiddenSize);
            OnnxValue cell = gates[1].Sigmoid() * c + gates[0].Sigmoid() * gates[2].Tanh();
            return [cell, own.Multiply(gates[3].Sigmoid() * cell.Tanh(), "weight_hr")];
        }

        if (pass.State is null)
            return OnnxScan.Run([given], [layer.HiddenSize, layer.ProjectionSize], (states, at) => Next(states[0], states[1], at[0]))[1];
        OnnxValue[] before = [pass.State.Take(own.Path("c"), layer.HiddenSize), pass.State.Take(own.Path("r"), layer.ProjectionSize)];
        OnnxValue[] after = Next(before[0], before[1], given);
        for (int i = 0; i < before.Length; i++)
            pass.State.Put(before[i], after[i]);
        return after[1];
    }
}

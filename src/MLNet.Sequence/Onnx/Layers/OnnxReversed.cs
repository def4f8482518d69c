using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxReversed(IOnnxLayer inner) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        if (pass.State is not null)
            throw new NotSupportedException("A sequence that is read backwards cannot be fed step by step: run the whole sequence.");
        OnnxValue steps = input.Steps();
        if (pass.Lengths is not { } lengths)
        {
            OnnxValue places = input.Size(1) + -1 + -steps; // [T]
            return inner.Apply(input.Gather(1, places), pass).Gather(1, places);
        }

        // [B, T, 1]: valid steps are reversed, padding stays in place. Applying it twice restores the order.
        OnnxValue back = lengths.Unsqueeze(1) + -1 + -steps.Unsqueeze(0);
        OnnxValue moved = back.Op("GreaterOrEqual", back.Graph.Scalar(0)).Where(back, steps.Unsqueeze(0)).Unsqueeze(2);
        return Moved(inner.Apply(Moved(input, moved), pass), moved);
    }

    private static OnnxValue Moved(OnnxValue x, OnnxValue places) => x.Graph.Node("GatherND", [x, places], Of("batch_dims", 1));
}

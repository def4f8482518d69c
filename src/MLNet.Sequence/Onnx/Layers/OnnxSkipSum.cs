namespace MLNet.Sequence.Onnx;

/// <summary>The children of each block: inner, skip and, except in the last block, residual.</summary>
internal sealed class OnnxSkipSum(int conditions, IOnnxLayer[] children) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue? sum = null;
        for (int i = 0; i < children.Length; i += 3)
        {
            OnnxValue inside = children[i].Apply(input, pass), skip = children[i + 1].Apply(inside, pass);
            sum = sum + skip ?? skip;
            if (i + 2 < children.Length)
                input = Plus(input, children[i + 2].Apply(inside, pass));
        }

        return sum!.Value;
    }

    // Conditions, the channels after those of x, do not change.
    private OnnxValue Plus(OnnxValue input, OnnxValue residual) => conditions == 0
        ? input + residual
        : (input.Slice(-1, 0, -conditions) + residual).Concat(-1, input.Slice(-1, -conditions));
}

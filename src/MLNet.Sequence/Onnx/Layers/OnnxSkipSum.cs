namespace MLNet.Sequence.Onnx;

/// <summary>The children of each block: inner, skip and, but for the last, residual.</summary>
internal sealed class OnnxSkipSum(IOnnxLayer[] children) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue? sum = null;
        for (int i = 0; i < children.Length; i += 3)
        {
            OnnxValue inside = children[i].Apply(input, pass), skip = children[i + 1].Apply(inside, pass);
            sum = sum + skip ?? skip;
            if (i + 2 < children.Length)
                input += children[i + 2].Apply(inside, pass);
        }

        return sum!.Value;
    }
}

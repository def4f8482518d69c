using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>The keys of a column of tokens.</summary>
/// <param name="Indices">The model's index of each key, the missing key 0 first, and at the end of all higher ones; −1: unknown.</param>
/// <param name="Missing">Whether each of them is padding where it ends a sequence.</param>
internal sealed record OnnxKeys(IReadOnlyList<int> Indices, IReadOnlyList<bool> Missing);

/// <summary>The sequences of rows.</summary>
/// <param name="Steps">Standardised values, float [B, T, C], or the network's indices of tokens, int64 [B, T, 1].</param>
/// <param name="Missing">Computes where a value is missing, bool [B, T, C]; null: nowhere.</param>
internal sealed record OnnxSequence(OnnxValue Steps, Func<OnnxValue>? Missing)
{
    /// <param name="columns">The columns, each [B, values] or [B, T, C].</param>
    /// <param name="scaling">The scaling of the channels.</param>
    public static OnnxSequence OfNumbers(OnnxValue[] columns, ChannelScaling scaling)
    {
        int features = scaling.Mean.Length;
        // ONNX Runtime may abort the process if some operators get no steps: then the run ends in an error.
        OnnxValue values = Joined(columns, DataType.Double).Reshape(0, -1, features).Filled(1, 1, features);
        OnnxValue scaled = OnnxScaling.ApplyInDouble(values, scaling);
        return new OnnxSequence(scaled, () => scaled.Op("IsNaN"));
    }

    /// <param name="columns">The columns, each [B, values].</param>
    /// <param name="tokens">The tokens that the model knows.</param>
    /// <param name="keys">What the keys of the column mean; null if the tokens are integers.</param>
    public static OnnxSequence OfTokens(OnnxValue[] columns, TokenInput tokens, OnnxKeys? keys)
    {
        OnnxValue read = Joined(columns, DataType.Int64).Filled(1, 1).Unsqueeze(-1); // [B, T] → [B, T, 1]
        if (keys is null)
            return new OnnxSequence(OnnxProgram.Known(read, tokens), null);
        read = read.AtMost(read.Graph.Scalar(keys.Indices.Count - 1));
        OnnxValue Of(IEnumerable<int> table) => read.Graph.Constant([.. table.Select(one => (long)one)]).Gather(0, read);
        return new OnnxSequence(OnnxProgram.Known(Of(keys.Indices), tokens), () => Of(keys.Missing.Select(one => one ? 1 : 0)).Cast(DataType.Bool));
    }

    /// <summary>The steps of each row without missing ones at its end, int64 [B]; null: all.</summary>
    public OnnxValue? WithoutPadding()
    {
        if (Missing is null)
            return null;
        // The number of the last step with a value: [B, T, C] · [T, 1] → [B]
        return (Missing().Op("Not").Cast(DataType.Int64) * (Steps.Steps() + 1).Unsqueeze(1)).Max(1, 2);
    }

    // [B, values] each, side by side
    private static OnnxValue Joined(OnnxValue[] columns, DataType type) =>
        columns.Select(column => column.Cast(type).Reshape(0, -1)).Aggregate((left, right) => left.Concat(1, right));
}

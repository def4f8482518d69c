using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.NextSteps;

/// <summary>A row of tokens with frames, a key and a number as conditions.</summary>
internal sealed class ConditionedRow
{
    [VectorType]
    public int[] Features { get; set; } = [];

    [VectorType]
    public float[] Frames { get; set; } = [];

    public string Speaker { get; set; } = "";

    public float Gain { get; set; }
}

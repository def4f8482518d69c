using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>A batch as numbers, for those who score without libtorch.</summary>
/// <param name="Rows">The number of examples.</param>
/// <param name="Input">[B, T, C].</param>
/// <param name="Beside">The other inputs of each row; null: there are none.</param>
/// <param name="Target">What the output is compared with; its first dimension is B.</param>
/// <param name="Continues">Whether each row continues where the same row of the previous batch ended.</param>
internal sealed record PlainBatch(int Rows, float[] Input, float[]? Beside, float[] Target, bool Continues)
{
    /// <summary>The batches in ascending order.</summary>
    public static IEnumerable<PlainBatch> Of(IBatchSource source, int batchSize) => source.Order(batchSize, seed: null).Select(examples =>
    {
        using var scope = NewDisposeScope();
        Batch batch = source.Load(examples, CPU);
        return new PlainBatch(examples.Length, Floats(batch.Input), batch.Beside is { } beside ? Floats(beside) : null, Floats(batch.Target), batch.Continues);
    });

    private static float[] Floats(Tensor values) => values.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(values.contiguous().bytes).ToArray();
}

using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Memory;

/// <summary>A model whose memory is measured on rows.</summary>
/// <param name="Host">Where messages go.</param>
/// <param name="Model">The model.</param>
/// <param name="Options">How it is measured.</param>
internal sealed record MeasuredModel(SequenceHost Host, SequenceModel Model, MemoryOptions Options)
{
    /// <summary>The first steps of a row as the network sees them.</summary>
    public float[] Sequence(SequenceSet set, int row, int steps)
    {
        var sequence = new double[steps * set.Features];
        set.CopyTo(row, sequence);
        var seen = new float[sequence.Length];
        Model.Scaling.Pooled.ApplyOrMean(sequence, seen);
        return seen;
    }

    /// <summary>This number of examples, evenly spaced.</summary>
    public IEnumerable<long> Spread(long count)
    {
        int most = (int)Math.Min(count, Options.Examples);
        for (int i = 0; i < most; i++)
            yield return (long)i * count / most;
    }
}

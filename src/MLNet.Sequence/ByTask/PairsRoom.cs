using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Memory;

namespace MLNet.Sequence.ByTask;

/// <summary>Pairs of sequences: a target depends on all of its source.</summary>
internal sealed class PairsRoom : TaskRoom
{
    public override SequenceTransformer Transformer(IHostEnvironment environment, SequenceModel model) => new SequenceToSequenceTransformer(environment, model);

    public override IReadOnlyList<MemoryExample> Examples(MeasuredModel of, IDataView data) => throw new NotSupportedException(
        "The memory of a model of pairs is not measured: a target depends on all steps of its source.");
}

using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Estimators;

/// <summary>Makes the transformer whose model stands in a stream.</summary>
internal static class TransformerFactory
{
    public static SequenceTransformer Create(IHostEnvironment environment, Stream model) =>
        throw new NotSupportedException("No transformer is known yet.");
}

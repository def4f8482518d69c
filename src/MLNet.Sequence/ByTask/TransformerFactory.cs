using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.ByTask;

/// <summary>Creates the transformer of a saved part.</summary>
internal static class TransformerFactory
{
    /// <param name="environment">The environment of the transformer.</param>
    /// <param name="part">The name that it was saved under.</param>
    /// <param name="stream">Its bytes.</param>
    public static ITransformer Create(IHostEnvironment environment, string part, Stream stream) => part switch
    {
        SlidingWindowTransformer.Part => SlidingWindowTransformer.Load(environment, stream),
        AnomalyTransformer.Part => AnomalyTransformer.Load(environment, stream),
        _ => Create(environment, SequenceModel.Load(stream)),
    };

    public static SequenceTransformer Create(IHostEnvironment environment, SequenceModel model) => TaskRoom.Of(model.Task).Transformer(environment, model);
}

using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>Makes the transformer that runs a model.</summary>
internal static class TransformerFactory
{
    public static SequenceTransformer Create(IHostEnvironment environment, Stream stream) => Create(environment, SequenceModel.Load(stream));

    public static SequenceTransformer Create(IHostEnvironment environment, SequenceModel model) => model.Task switch
    {
        Forecasting => new ForecastingTransformer(environment, model),
        NextStep => new NextStepTransformer(environment, model),
        SequenceRowTask => new SequencePredictionTransformer(environment, model),
        _ => throw new NotSupportedException($"No transformer runs the task {model.Task.GetType().Name}."),
    };
}

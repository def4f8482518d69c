using Microsoft.ML;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Memory;

namespace MLNet.Sequence.ByTask;

/// <summary>Measures the memory of a model on rows.</summary>
internal static class MemoryRun
{
    public static MemoryReport Of(SequenceHost host, SequenceModel model, IDataView data, MemoryOptions options)
    {
        options.Validate();
        IReadOnlyList<MemoryExample> examples = TaskRoom.Of(model.Task).Examples(new MeasuredModel(host, model, options), data);
        MemorySubject subject = ModelMemory.Subject(model, examples, options);
        MemoryReport report = new MemoryMeasurement(subject, options).Run() with
        {
            LyapunovExponent = ModelMemory.Exponent(model, (subject, examples), options.Seed),
            CertifiedRate = model.Certificate.OfNetwork.Lambda,
        };
        return new MemoryGradients(host, model, subject, options).AddTo(report, examples);
    }

    public static GradientFlowReport FlowOf(SequenceHost host, SequenceModel model, IDataView data, GradientFlowOptions options)
    {
        options.Validate();
        var read = new MemoryOptions
        {
            Examples = Math.Max(2, options.Examples),
            LabelColumnName = options.LabelColumnName,
            CancellationToken = options.CancellationToken,
        };
        return new GradientFlow(host, model, TaskRoom.Of(model.Task).Examples(new MeasuredModel(host, model, read), data), options).Run();
    }
}

using Microsoft.ML;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;

namespace MLNet.Sequence.Estimators;

/// <summary>Measures the memory horizon of a model on rows.</summary>
internal static class HorizonRun
{
    public static HorizonReport Of(SequenceHost host, SequenceModel model, IDataView data, HorizonOptions options)
    {
        options.Validate();
        IReadOnlyList<HorizonExample> examples = TaskRoom.Of(model.Task).Examples(new MeasuredModel(host, model, options), data);
        HorizonSubject subject = ModelHorizon.Subject(model, examples, options);
        HorizonReport report = new HorizonMeasurement(subject, options).Run() with
        {
            LyapunovExponent = ModelHorizon.Exponent(model, (subject, examples), options.Seed),
            CertifiedRate = model.Certificate.OfNetwork.Lambda,
        };
        return new HorizonGradients(host, model, subject, options).AddTo(report, examples);
    }
}

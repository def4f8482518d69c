using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/forecasting.md, word for word, so that it is compiled.</summary>
internal static class ForecastingExample
{
    public static void Run(IDataView train, IDataView test)
    {
        var ml = new MLContext(seed: 1);
        var trainer = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            Inputs = ["Price"],
            Context = 8,
            Horizon = 1,
            CarriesState = true,
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { Epochs = 20, BackpropSteps = 32, LearningRate = 1e-2 },
        });
        using var model = trainer.Fit(train);
        Console.WriteLine(ml.Forecasting.EvaluateSequence(model.Transform(test)));

        SequenceSession session = model.Model.CreateSession();
        var forecast = new float[session.OutputSize];
        session.Step([103.5f, 5.2f], forecast);
    }
}

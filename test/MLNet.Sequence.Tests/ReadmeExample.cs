using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>README's example, word for word, so that it is compiled.</summary>
internal static class ReadmeExample
{
    public static void Run()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromTextFile("ETTh1.csv", new TextLoader.Options
        {
            Columns = [new("date", DataKind.DateTime, 0), new("OT", DataKind.Single, 7)],
            Separators = [','],
            HasHeader = true,
            MissingRealsAsNaNs = true, // else an empty cell is read as 0
        });
        IDataView train = ml.Data.TakeRows(rows, 11_520), test = ml.Data.SkipRows(rows, 11_520 - 96);

        var forecaster = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 32 },
            new ForecastingOptions { Targets = ["OT"], TimeColumnName = "date", Context = 96, Horizon = 24 });
        using ForecastingTransformer model = forecaster.Fit(train);
        Console.WriteLine(model.Model.Report);
        Console.WriteLine(ml.Forecasting.EvaluateSequence(model.Transform(test), seasonality: 24, history: train));
        ml.Model.Save(model, train.Schema, "model.zip"); // for ml.Model.Load
        model.Model.Save("model.sequence");              // for SequenceModel.Load, which needs the package MLNet.Sequence.Runtime alone
    }
}

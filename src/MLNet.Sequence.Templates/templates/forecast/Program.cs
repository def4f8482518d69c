using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNet.Sequence;

var ml = new MLContext(seed: 1);
DataFrame rows = DataFrame.LoadCsv(Path.Combine(AppContext.BaseDirectory, "data.csv"));
var options = new ForecastingOptions
{
    Targets = ["TARGET_COLUMN"],
    TimeColumnName = "TIME_COLUMN",
    Context = CONTEXT_STEPS,
    Horizon = HORIZON_STEPS,
    Training = new TrainingOptions { Epochs = 10 },
};
var forecaster = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 16 }, options);

// How good would it have been? The last fifth is not trained on. The seasonal naive forecast repeats the last day.
var split = ml.Forecasting.TrainTestSplit(rows, options, testFraction: 0.2);
using (ForecastingTransformer tried = forecaster.Fit(split.TrainSet))
    Console.WriteLine(ml.Forecasting.EvaluateSequence(tried.Transform(split.TestSet), seasonality: 24, history: split.TrainSet));

// The model that is used knows all rows.
using ForecastingTransformer model = forecaster.Fit(rows);
foreach (ForecastRow step in model.Forecast(rows))
    Console.WriteLine(step);
ml.Model.Save(model, ((IDataView)rows).Schema, "model.zip"); // for ml.Model.Load
model.Model.Save("model.sequence");                          // for SequenceModel.Load, which needs MLNet.Sequence.Runtime alone

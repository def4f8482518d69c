#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// A stream of measurements, forecast step by step in plain C#. Run it in the root of the repository: dotnet run src/Samples/files/stream.cs
using Microsoft.ML;
using MLNet.Sequence;

Row[] rows = [.. Enumerable.Range(0, 600).Select(step => new Row { Value = (float)Math.Sin(step / 5.0) })];
var ml = new MLContext(seed: 1);
using ForecastingTransformer fitted = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
{
    Targets = ["Value"],
    Context = 24,
    Horizon = 1,
    CarriesState = true,
    Normalization = WindowNormalization.None,
    Training = new TrainingOptions { Epochs = 20, LearningRate = 1e-2 },
}).Fit(ml.Data.LoadFromEnumerable(rows));
string file = Path.Combine(Path.GetTempPath(), "stream.sequence");
fitted.Model.Save(file);

// From here on a service needs the package MLNet.Sequence.Runtime alone.
SequenceModel model = SequenceModel.Load(file);
File.Delete(file);
Console.WriteLine(model.Certificate);
SequenceSession session = model.CreateSession();
var forecast = new float[session.OutputSize];
foreach (Row row in rows[^24..])
    session.Step([row.Value], forecast);
for (int step = 600; step < 660; step++)
{
    session.Step([(float)Math.Sin(step / 5.0)], forecast);
    if (step % 10 == 9)
        Console.WriteLine($"step {step}: forecast {forecast[0]:F3}, then {Math.Sin((step + 1) / 5.0):F3}");
}

internal sealed class Row
{
    public float Value { get; set; }
}

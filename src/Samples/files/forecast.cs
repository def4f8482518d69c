#:package Microsoft.Data.Analysis
#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// A day of oil temperatures from the four days before, read from a DataFrame. Run it in the root of the repository:
// dotnet run src/Samples/files/forecast.cs
using System.IO.Compression;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNet.Sequence;

using var text = new MemoryStream();
using (var packed = new GZipStream(File.OpenRead("src/Samples/Data/ETTh1.csv.gz"), CompressionMode.Decompress))
    packed.CopyTo(text);
text.Position = 0;
DataFrame rows = DataFrame.LoadCsv(text, numberOfRowsToRead: 2000);
DataFrame train = rows.Head(1600), test = rows.Tail(400 + 96);

var ml = new MLContext(seed: 1);
using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 16 }, new ForecastingOptions
{
    Targets = ["OT"],
    TimeColumnName = "date",
    Context = 96,
    Horizon = 24,
    Training = new TrainingOptions { Epochs = 2 },
}).Fit(train);

ForecastingMetrics metrics = ml.Forecasting.EvaluateSequence(model.Transform(test), seasonality: 24, history: train);
Console.WriteLine(metrics);
Console.WriteLine(metrics.ToDataFrame());
metrics.Show("Oil temperature");

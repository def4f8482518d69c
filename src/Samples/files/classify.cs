#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// What is wrong with a process, from 60 measurements. Run it in the root of the repository: dotnet run src/Samples/files/classify.cs
using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using MLNet.Sequence;

var ml = new MLContext(seed: 1);
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.MulticlassClassification.Trainers.Sequence(new Tcn { Channels = 16 }, new SequenceOptions
    {
        Training = new TrainingOptions { Epochs = 5, LearningRate = 4e-3, BatchSize = 16 },
    }));
using var model = pipeline.Fit(Read("train"));
SequenceClassificationMetrics metrics = ml.MulticlassClassification.EvaluateSequence(model.Transform(Read("test")));
Console.WriteLine(metrics);
metrics.Show("Control charts");

IDataView Read(string part)
{
    using var packed = new GZipStream(File.OpenRead($"src/Samples/Data/control-charts-{part}.csv.gz"), CompressionMode.Decompress);
    using var text = new StreamReader(packed);
    return ml.Data.LoadFromEnumerable(Lines(text).ToList());
}

static IEnumerable<Chart> Lines(StreamReader text)
{
    text.ReadLine();
    while (text.ReadLine() is { } line)
    {
        string[] cells = line.Split(',');
        yield return new Chart { Label = cells[0], Features = [.. cells[1..].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))] };
    }
}

internal sealed class Chart
{
    public string Label { get; set; } = "";

    public float[] Features { get; set; } = [];
}

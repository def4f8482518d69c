#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// Do you need recurrence? A series whose next value depends on its last two: a window is enough. Run it in the root of the repository:
// dotnet run src/Samples/files/recurrence.cs
using Microsoft.ML;
using MLNet.Sequence;

var random = new Random(1);
double last = 0, before = 0;
Row[] rows = [.. Enumerable.Range(0, 1200).Select(_ => new Row { Value = Next() })];

var ml = new MLContext(seed: 1);
RecurrenceReport report = ml.Sequence.Compare(
    ml.Data.LoadFromEnumerable(rows[..900]),
    ml.Data.LoadFromEnumerable(rows[900..]),
    new ForecastingOptions { Targets = ["Value"], Context = 16, Horizon = 1, Training = new TrainingOptions { Epochs = 3 } },
    [new Linear(), new Lstm { HiddenSize = 8 }],
    new CompareOptions { Rounds = 1 });
Console.WriteLine(report);
report.Show("Two lags");

float Next()
{
    double next = 0.6 * last + 0.3 * before + random.NextDouble() - 0.5;
    (before, last) = (last, next);
    return (float)next;
}

internal sealed class Row
{
    public float Value { get; set; }
}

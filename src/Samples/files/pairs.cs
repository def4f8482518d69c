#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// A sequence from another: digits in reverse. Run it in the root of the repository: dotnet run src/Samples/files/pairs.cs
using Microsoft.ML;
using MLNet.Sequence;

var random = new Random(1);
Pair[] pairs = [.. Enumerable.Range(0, 400).Select(_ =>
{
    string[] digits = [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(5).ToString())];
    return new Pair { Source = digits, Target = [.. digits.Reverse()] };
})];

var ml = new MLContext(seed: 1);
IDataView train = ml.Data.LoadFromEnumerable(pairs);
var keys = ml.Transforms.Conversion.MapValueToKey("Source").Append(ml.Transforms.Conversion.MapValueToKey("Target")).Fit(train);
using var model = ml.Sequence.Trainers.SequenceToSequence(new EncoderDecoderTransformer { Channels = 16, Layers = 1, Heads = 2 }, new SequenceToSequenceOptions
{
    SourceTokens = new TokenOptions { EmbeddingSize = 16 },
    StepsPerBatch = 200,
    Training = new TrainingOptions { Epochs = 30, LearningRate = 1e-2, Schedule = new InverseRootSchedule { WarmUpSteps = 60 } },
}).Fit(keys.Transform(train));
Console.WriteLine(model.Model.Report);
Console.WriteLine($"3 1 4 in reverse: {string.Join(' ', model.Model.PredictTarget(["3", "1", "4"]))}");

internal sealed class Pair
{
    public string[] Source { get; set; } = [];

    public string[] Target { get; set; } = [];
}

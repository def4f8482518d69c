#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// The next letter of a text, and a continuation. Run it in the root of the repository: dotnet run src/Samples/files/generate.cs
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

var ml = new MLContext(seed: 1);
string[] letters = Read(40_000);
IDataView Rows(string[] part) => ml.Data.LoadFromEnumerable(part.Chunk(1000).Select(chunk => new Piece { Letters = chunk }));

var keys = ml.Transforms.Conversion.MapValueToKey("Letters").Fit(Rows(letters));
using NextStepTransformer model = ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 48 }, new NextStepOptions
{
    Kind = StepKind.Token,
    FeatureColumnName = "Letters",
    Tokens = new TokenOptions { EmbeddingSize = 16 },
    ContinuousText = true,
    Training = new TrainingOptions { Epochs = 5, LearningRate = 1e-2, BackpropSteps = 100 },
}).Fit(keys.Transform(Rows(letters[..^4000])));
Console.WriteLine(ml.Sequence.EvaluateContinuousText(model.Model, keys.Transform(Rows(letters[^4000..]))));

var writing = new GenerationOptions { MaxLength = 120, Temperature = 0.7, Seed = 1 };
Console.WriteLine("First Citizen:" + string.Concat(model.Model.Generate([.. "First Citizen:".Select(letter => letter.ToString())], writing)));

static string[] Read(int count)
{
    using var packed = new GZipStream(File.OpenRead("src/Samples/Data/tinyshakespeare.txt.gz"), CompressionMode.Decompress);
    using var text = new StreamReader(packed);
    var start = new char[count];
    int length = text.ReadBlock(start);
    return [.. start[..length].Select(letter => letter.ToString())];
}

internal sealed class Piece
{
    public string[] Letters { get; set; } = [];
}

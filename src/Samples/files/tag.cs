#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// Which words are cities, in questions about flights. Run it in the root of the repository: dotnet run src/Samples/files/tag.cs
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

var ml = new MLContext(seed: 1);
var pipeline = ml.Transforms.Conversion.MapValueToKey("Words")
    .Append(ml.Transforms.Conversion.MapValueToKey("Tags"))
    .Append(ml.MulticlassClassification.Trainers.SequenceTagger(new Bidirectional(new Lstm { HiddenSize = 16 }), new SequenceTaggerOptions
    {
        FeatureColumnName = "Words",
        LabelColumnName = "Tags",
        Tokens = new TokenOptions { EmbeddingSize = 16 },
        Training = new TrainingOptions { Epochs = 5, LearningRate = 1e-2, BatchSize = 16 },
    }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabels"));
Question[] questions = Read();
using var model = pipeline.Fit(ml.Data.LoadFromEnumerable(questions[..^100]));
IDataView tagged = model.Transform(ml.Data.LoadFromEnumerable(questions[^100..]));
Console.WriteLine(ml.MulticlassClassification.EvaluateSequenceTags(tagged, labelColumnName: "Tags"));
string[] tags = tagged.GetColumn<string[]>("Predicted").Last();
Console.WriteLine(string.Join(' ', questions[^1].Words.Zip(tags, (word, tag) => tag == "O" ? word : $"[{word} {tag}]")));

// A line is a question: its words, a tab, and a tag for each word.
static Question[] Read()
{
    using var packed = new GZipStream(File.OpenRead("src/Samples/Data/flight-questions-test.tsv.gz"), CompressionMode.Decompress);
    using var text = new StreamReader(packed);
    return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
        .Select(parts => new Question { Words = parts[0].Split(' '), Tags = parts[1].Split(' ') })];
}

internal sealed class Question
{
    public string[] Words { get; set; } = [];

    public string[] Tags { get; set; } = [];
}

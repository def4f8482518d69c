using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/language.md, word for word.</summary>
internal static class LanguageExample
{
    public static void Run(string file)
    {
        var ml = new MLContext(seed: 1);
        IDataView text = ml.Data.LoadFromTextFile(file, [new TextLoader.Column("Line", DataKind.String, 0)]);
        var pipeline = ml.Transforms.Text.TokenizeIntoWords("Tokens", "Line")
            .Append(ml.Transforms.Conversion.MapValueToKey("Tokens"))
            .Append(ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 32 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                FeatureColumnName = "Tokens",
                Training = new TrainingOptions { Epochs = 20, LearningRate = 1e-2 },
            }));
        using TransformerChain<NextStepTransformer> model = pipeline.Fit(text);
        Console.WriteLine(ml.Sequence.EvaluateNextStep(model.Transform(text)));

        var writing = new GenerationOptions { MaxLength = 8, Temperature = 0.5, Seed = 3 };
        foreach (string word in model.LastTransformer.Model.Generate(["the", "cat"], writing))
            Console.Write(word + " ");
    }
}

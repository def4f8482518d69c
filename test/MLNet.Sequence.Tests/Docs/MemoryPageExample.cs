using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/memory.md, word for word.</summary>
internal static class MemoryPageExample
{
    public static void Run(string file)
    {
        var ml = new MLContext(seed: 1);
        IDataView text = ml.Data.LoadFromTextFile(file, [new TextLoader.Column("Line", DataKind.String, 0)]);
        var pipeline = ml.Transforms.Text.TokenizeIntoWords("Tokens", "Line")
            .Append(ml.Transforms.Conversion.MapValueToKey("Tokens"))
            .Append(ml.Sequence.Trainers.NextStep(new StableRnn { HiddenSize = 32 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                FeatureColumnName = "Tokens",
                Training = new TrainingOptions { Epochs = 3, LearningRate = 1e-2 },
            }));
        using TransformerChain<NextStepTransformer> model = pipeline.Fit(text);
        IDataView rows = model.Transform(text);

        MemoryReport memory = ml.Sequence.MeasureMemory(model.LastTransformer, rows);
        Console.WriteLine($"{memory.Steps} steps are enough; excess entropy {memory.ExcessEntropy}");
        Console.WriteLine($"4 steps cost at most {memory.ExcessEntropy!.MostAfter(4):F3} nats");

        GradientFlowReport flow = ml.Sequence.GradientFlow(model.LastTransformer, rows, new GradientFlowOptions { Steps = 6 });
        Console.WriteLine(flow);
    }
}

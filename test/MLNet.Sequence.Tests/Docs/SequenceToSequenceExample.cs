using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/sequence-to-sequence.md, word for word, so that it is compiled.</summary>
internal static class SequenceToSequenceExample
{
    public static void Run(IDataView train, IDataView test, string file)
    {
        var ml = new MLContext(seed: 1);
        var sources = ml.Transforms.Conversion.MapValueToKey("Source").Fit(train);
        var targets = ml.Transforms.Conversion.MapValueToKey("Target").Fit(train);
        var trainer = ml.Sequence.Trainers.SequenceToSequence(
            new EncoderDecoderTransformer { Channels = 16, Layers = 1, Heads = 2 },
            new SequenceToSequenceOptions
            {
                SourceTokens = new TokenOptions { EmbeddingSize = 16 },
                StepsPerBatch = 200,
                Search = new SequenceSearch { Width = 4, LengthPenalty = 0.6 },
                Training = new TrainingOptions { Epochs = 60, LearningRate = 1e-2, Schedule = new InverseRootSchedule { WarmUpSteps = 60 } },
            });
        using var model = trainer.Fit(targets.Transform(sources.Transform(train)));
        var chain = sources.Append(model); // new rows need no target
        IDataView predicted = chain.Transform(test);
        Console.WriteLine(ml.Transforms.Conversion.MapKeyToValue("PredictedSequence").Fit(predicted).Transform(predicted).Preview());
        Console.WriteLine(string.Join(" ", model.Model.PredictTarget(["3", "1", "4"])));
        ml.Model.Save(chain, test.Schema, file);
    }
}

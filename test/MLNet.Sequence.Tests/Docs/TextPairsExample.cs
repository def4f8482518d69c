using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of text in docs/sequence-to-sequence.md, word for word, so that it is compiled.</summary>
internal static class TextPairsExample
{
    public static async Task RunAsync(IDataView train, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        var trainer = ml.Sequence.Trainers.SequenceToSequence(
            new EncoderDecoderTransformer { Channels = 16, Layers = 1, Heads = 2 },
            new SequenceToSequenceOptions
            {
                SourceTokens = new TokenOptions { EmbeddingSize = 16, Tokenizer = TextTokenizer.Learn(merges: 100) },
                Training = new TrainingOptions { Epochs = 40, LearningRate = 1e-2, ValidationFraction = 0 },
            });
        using var model = trainer.Fit(train); // texts in Source and Target
        Console.WriteLine(string.Join(" | ", model.Transform(train).GetColumn<string>("PredictedSequence").Take(3)));
        Console.WriteLine(model.Model.PredictText("two dogs eat."));

        // The same, while it grows: what is shown is final.
        await foreach (string piece in model.Model.StreamText("two dogs eat.", cancellationToken: cancellation))
            Console.Write(piece);
    }
}

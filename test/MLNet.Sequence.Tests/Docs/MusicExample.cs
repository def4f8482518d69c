using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/music.md, word for word.</summary>
internal static class MusicExample
{
    public static void Run(IDataView pieces)
    {
        var ml = new MLContext(seed: 1);
        using NextStepTransformer model = ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 64 }, new NextStepOptions
        {
            Kind = StepKind.MultiLabel,
            Features = 88,
            Training = new TrainingOptions { Epochs = 10, BatchSize = 2 },
        }).Fit(pieces);
        Console.WriteLine(ml.Sequence.EvaluateNextStep(model.Transform(pieces)));

        var opening = new float[88];
        opening[39] = opening[43] = opening[46] = 1; // C, E, G
        foreach (float[] step in model.Model.GenerateSteps(opening, new GenerationOptions { MaxLength = 32, Seed = 3, TopK = 4 }))
            Console.WriteLine(string.Join(' ', Enumerable.Range(0, 88).Where(key => step[key] == 1).Select(key => key + 21))); // as MIDI numbers notes
    }
}

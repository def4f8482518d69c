using Microsoft.ML;
using MLNet.Sequence;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Generation;
using MLNet.Sequence.Sound;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Docs;

/// <summary>The example of docs/music.md, word for word.</summary>
internal static class MusicExample
{
    public static void Run(IDataView pieces, string file)
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
        IEnumerable<float[]> piece = model.Model.GenerateSteps(opening, new GenerationOptions { MaxLength = 32, Seed = 3, TopK = 4 });
        using FileStream midi = File.Create(file);
        MidiFile.Write(midi, [opening, .. piece], new MidiOptions { LowestNote = 21 });
    }
}

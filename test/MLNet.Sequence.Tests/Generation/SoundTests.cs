using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Generation;

/// <summary>Samples as 256 classes, from rows of sound to a sound file.</summary>
[TestClass]
public sealed class SoundTests
{
    private const int Period = 16;

    [TestMethod]
    public void A_tone_is_learnt_as_classes_and_continues()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(row => new Codes { Features = Tone(row % Period, 40) }));
        using NextStepTransformer model = ml.Sequence.Trainers.NextStep(
            new WaveNet { Channels = 16, SkipChannels = 16, Cycles = 1, Levels = 4 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                Tokens = new TokenOptions { Vocabulary = MuLaw.Classes, EmbeddingSize = 16 },
                Training = new TrainingOptions { Epochs = 60, LearningRate = 1e-2, BatchSize = 16, Patience = null, ValidationFraction = 0 },
            }).Fit(rows);

        int[] opening = Tone(3, 20);
        int[] codes = [.. model.Model.GenerateTokens(opening, new GenerationOptions { Temperature = 0, MaxLength = 100 })];
        CollectionAssert.AreEqual(Tone(3, 120)[20..], codes);
        using var file = new MemoryStream();
        WavFile.Write(file, [.. codes.Select(code => MuLaw.Decode((byte)code))], rate: 8000);
        Assert.AreEqual(44 + 2 * 100, file.Length);
    }

    private static int[] Tone(int phase, int samples) =>
        [.. Enumerable.Range(phase, samples).Select(i => (int)MuLaw.Encode(0.8f * MathF.Sin(2 * MathF.PI * (i % Period) / Period)))];

    private sealed class Codes
    {
        [VectorType]
        public int[] Features { get; set; } = [];
    }
}

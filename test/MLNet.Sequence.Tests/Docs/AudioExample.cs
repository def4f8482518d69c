using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/audio.md, word for word.</summary>
internal static class AudioExample
{
    public static void Run(string folder, string output)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Directory.GetFiles(folder, "*.wav").Select(file =>
        {
            WavSound sound = WavFile.Read(file, rate: 8000); // mono, 16 bits; anything else is refused
            return new
            {
                Speaker = Path.GetFileName(file).Split('-')[0], // anna-1.wav
                Classes = sound.ToMuLaw(),
                Loudness = sound.Samples.Chunk(80).Select(frame => frame.Max(MathF.Abs)).ToArray(), // a frame of 10 ms has 80 samples
            };
        }).ToArray());
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Speaker").Append(ml.Sequence.Trainers.NextStep(
            new WaveNet { Channels = 16, SkipChannels = 32, Cycles = 1, Levels = 8 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                FeatureColumnName = "Classes",
                Tokens = new TokenOptions { Vocabulary = MuLaw.Classes, EmbeddingSize = 16, InitialDeviation = 0.05 },
                StaticColumnNames = ["Speaker"],
                KnownColumnName = "Loudness",
                StepsPerFrame = 80,
                Training = new TrainingOptions { Epochs = 2, BatchSize = 4 },
            }));
        TransformerChain<NextStepTransformer> model = pipeline.Fit(rows);
        Console.WriteLine(ml.Sequence.EvaluateNextStep(model.Transform(rows)));

        SequenceModel teacher = model.LastTransformer.Model;
        var wanted = new ConditionValues
        {
            Keys = new Dictionary<string, string> { ["Speaker"] = "anna" },
            Frames = [.. Enumerable.Repeat(0.3, 10)], // 100 ms
        };
        int[] sample = [MuLaw.Encode(0), .. teacher.GenerateTokens([MuLaw.Encode(0)], new GenerationOptions { MaxLength = 799, Conditions = wanted })];
        WavFile.Write(Path.Combine(output, "step-by-step.wav"), [.. sample.Select(level => MuLaw.Decode((byte)level))], rate: 8000);

        IDataView keyed = model.First().Transform(rows); // what the teacher reads
        ParallelWaveNetModel student = ml.Sequence.Distill(
            teacher, keyed, new ParallelWaveNet { Flows = 2, Levels = 8 }, new DistillationOptions { Steps = 10, PieceLength = 600 });
        WavFile.Write(Path.Combine(output, "at-once.wav"), [.. student.Generate(800, wanted).Select(level => MuLaw.Decode((byte)level))], rate: 8000);
        student.Save(Path.Combine(output, "student.safetensors"));
    }
}

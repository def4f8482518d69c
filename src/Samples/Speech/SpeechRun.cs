using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Samples.Speech;

/// <summary>How speech trains.</summary>
/// <param name="Epochs">Epochs of the WaveNet and of the LSTM.</param>
/// <param name="Steps">Steps of the distillation.</param>
/// <param name="Quick">Whether the networks are small.</param>
/// <param name="Seed">The seed of all draws.</param>
internal sealed record SpeechPlan(int Epochs, int Steps, bool Quick, int Seed);

/// <summary>A WaveNet of sound, an LSTM of equal size, and a student: trained and measured.</summary>
internal sealed class SpeechRun(SpeechPlan plan, Action<string> tell, CancellationToken cancellation)
{
    /// <summary>Samples of a piece of the distillation. Every utterance must be longer.</summary>
    public const int PieceLength = 1000;

    private const int EmbeddingSize = 16, Judged = 3;

    private readonly MLContext _ml = new(plan.Seed);
    private Utterance[] _test = [];

    public SequenceModel? Teacher { get; private set; }

    public ParallelWaveNetModel? Student { get; private set; }

    /// <summary>The first test sentence: as it was recorded, and as teacher and student say it.</summary>
    public float[][] Sounds { get; private set; } = [];

    private WaveNet Net => plan.Quick
        ? new WaveNet { Channels = 16, SkipChannels = 32, Cycles = 1, Levels = 8 }
        : new WaveNet { Channels = 24, SkipChannels = 48, Cycles = 1, Levels = 9 };

    private ParallelWaveNet Flows => plan.Quick ? new ParallelWaveNet() : new ParallelWaveNet { Levels = 8 };

    public SpeechFigures Run(IReadOnlyList<Utterance> utterances)
    {
        // One part of at most eight is for the test and one for validation; speakers take turns, so pairs stay together.
        int pair = utterances.Select(one => one.Speaker).Distinct().Count(), parts = Math.Min(8, utterances.Count / pair);
        if (parts < 3)
            throw new UserError($"{utterances.Count} utterances of {pair} speakers are too few: at least {3 * pair} are needed, to "
                + "train, validate and test on.");
        int Part(int i) => i / pair % parts;
        SoundRow[] Rows(Func<int, bool> isOf) => [.. SoundRow.Of(utterances.Where((_, i) => isOf(Part(i))))];
        SoundRow[] train = Rows(part => part > 1), valid = Rows(part => part == 1), test = Rows(part => part == 0);
        _test = [.. utterances.Where((_, i) => Part(i) == 0)];
        double seconds = utterances.Sum(one => (double)one.Samples.Length) / SpokenData.Rate;
        tell($"{seconds:F0} seconds of sound in {utterances.Count} utterances; {train.Length} pieces to train on, {valid.Length} to validate on, {test.Length} "
            + "to measure on");
        using NextStepTransformer teacher = Fit(Net, train, valid, out ITransformer chain);
        Teacher = teacher.Model;
        using NextStepTransformer lstm = Fit(new Lstm { HiddenSize = HiddenSize(teacher.Model) }, train, valid, out ITransformer other);
        var grams = new ClassGrams(train.Select(row => row.Classes));
        tell($"Distillation: {plan.Steps} steps");
        Student = _ml.Sequence.Distill(teacher, Keyed(chain, train), Flows,
            new DistillationOptions
            {
                Steps = plan.Steps,
                BatchSize = 2,
                PieceLength = PieceLength,
                LearningRate = 4e-3,
                PowerWeight = 0.2,
                CancellationToken = cancellation,
            });
        tell($"Divergence from the teacher by tenths of the steps, nats per sample: {string.Join(" ", Student.Report.Losses.Select(loss => $"{loss:F2}"))}");
        (SoundRow[] recorded, SoundRow[] own, SoundRow[] student) = Generate();
        Sounds = [recorded[0].Samples(), own[0].Samples(), student[0].Samples()];
        SoundRow[] silence = [.. recorded.Select(row => row.With(row.Classes.Select(_ => (int)MuLaw.Encode(0))))];
        double[] Bands(SoundRow[] rows) => SoundFrames.Decibels([.. rows.SelectMany(row => row.Samples())]);
        double Apart(SoundRow[] rows) => Bands(rows).Zip(Bands(own), (a, b) => Math.Abs(a - b)).Max();
        return new SpeechFigures
        {
            TeacherBits = Loss(chain, test) / Math.Log(2),
            LstmBits = Loss(other, test) / Math.Log(2),
            GramBits = [.. Enumerable.Range(1, ClassGrams.Longest).Select(n => grams.Bits(n, test.Select(row => row.Classes)))],
            Parameters = new(teacher.Model.ParameterCount, lstm.Model.ParameterCount, Student.ParameterCount),
            Judged = new(Loss(chain, recorded), Loss(chain, own), Loss(chain, student), Loss(chain, silence)),
            StudentEntropy = recorded.Sum(row => Student.Entropy(row.Classes.Length, row.Conditions(), plan.Seed) * row.Classes.Length)
                / recorded.Sum(row => row.Classes.Length),
            Bands = new(Apart(student), Apart(silence)),
            Speed = Speed(recorded[0], chain),
        };
    }

    private NextStepTransformer Fit(Architecture architecture, SoundRow[] train, SoundRow[] valid, out ITransformer chain)
    {
        var watch = Stopwatch.StartNew();
        TransformerChain<NextStepTransformer> fitted = _ml.Transforms.Conversion.MapValueToKey(nameof(SoundRow.Speaker))
            .Append(_ml.Sequence.Trainers.NextStep(architecture, new NextStepOptions
            {
                Kind = StepKind.Token,
                FeatureColumnName = nameof(SoundRow.Classes),
                Tokens = new TokenOptions { Vocabulary = MuLaw.Classes, EmbeddingSize = EmbeddingSize, InitialDeviation = 0.3 },
                StaticColumnNames = [nameof(SoundRow.Speaker)],
                KnownColumnName = nameof(SoundRow.Frames),
                KnownFeatures = SoundFrames.Size,
                StepsPerFrame = SoundFrames.Hop,
                ValidationSet = _ml.Data.LoadFromEnumerable(valid),
                Training = new TrainingOptions
                {
                    Epochs = plan.Epochs,
                    BatchSize = 2,
                    LearningRate = 4e-3,
                    Schedule = new OneCycleSchedule(),
                    ClipNorm = 1,
                    Patience = null,
                    Seed = plan.Seed,
                    CancellationToken = cancellation,
                },
            })).Fit(_ml.Data.LoadFromEnumerable(train));
        chain = fitted;
        tell($"{architecture.Name}: {fitted.LastTransformer.Model.ParameterCount:N0} parameters, {fitted.LastTransformer.Model.Report.Epochs.Count} epochs, "
            + $"{watch.Elapsed.TotalSeconds:F0} s, validation loss "
            + $"{fitted.LastTransformer.Model.Report.Epochs[^1].ValidationLoss:F3} nats per sample");
        return fitted.LastTransformer;
    }

    // The LSTM's vectors and head are those of the WaveNet; its weights are 4 H (inputs + H + 2).
    private static int HiddenSize(SequenceModel teacher)
    {
        int inputs = EmbeddingSize + SoundFrames.Size + 3, hidden = 1;
        while (4L * (hidden + 1) * (inputs + hidden + 3) + MuLaw.Classes * (EmbeddingSize + hidden + 2) <= teacher.ParameterCount)
            hidden++;
        return hidden;
    }

    private static IDataView Keyed(ITransformer chain, SoundRow[] rows)
    {
        var ml = new MLContext();
        return ((TransformerChain<NextStepTransformer>)chain).First().Transform(ml.Data.LoadFromEnumerable(rows));
    }

    private double Loss(ITransformer chain, SoundRow[] rows) => _ml.Sequence.EvaluateNextStep(chain.Transform(_ml.Data.LoadFromEnumerable(rows))).Loss;

    // Test sentences from silence, with their frames.
    private (SoundRow[] Recorded, SoundRow[] Own, SoundRow[] Student) Generate()
    {
        SoundRow[] recorded = [.. _test.Take(plan.Quick ? 1 : Judged).Select(SoundRow.Of)];
        SoundRow[] own = [.. recorded.AsParallel().AsOrdered().Select(row => row.With(
            [MuLaw.Encode(0), .. Teacher!.GenerateTokens([MuLaw.Encode(0)], Continue(row, row.Classes.Length - 1))]))];
        return (recorded, own, [.. recorded.Select(row => row.With(Student!.Generate(row.Classes.Length, row.Conditions(), plan.Seed)))]);
    }

    private GenerationOptions Continue(SoundRow row, int length) => new() { MaxLength = length, Conditions = row.Conditions(), Seed = plan.Seed };

    // Samples per second; the best of some short runs, since other programs share the machine.
    private SpeechFigures.SamplesPerSecond Speed(SoundRow row, ITransformer chain)
    {
        int samples = row.Classes.Length, steps = Math.Min(samples - 1, plan.Quick ? 500 : 4000);
        int field = Math.Min(samples, Teacher!.Network.ReceptiveField ?? samples);
        ConditionValues conditions = row.Conditions();
        using PredictionEngine<SoundRow, Next> engine = _ml.Model.CreatePredictionEngine<SoundRow, Next>(
            chain, new PredictionEngineOptions { OwnsTransformer = false });
        var window = new SoundRow
        {
            Classes = row.Classes[..field],
            Frames = row.Frames[..((field + SoundFrames.Hop - 1) / SoundFrames.Hop * SoundFrames.Size)],
            Speaker = row.Speaker,
        };
        return new(Best(1, () => engine.Predict(window).Prediction),
            Best(steps, () => Teacher!.GenerateTokens([MuLaw.Encode(0)], Continue(row, steps)).Count()),
            Best(steps, () => Student!.Generate(steps, conditions).Length));
    }

    private double Best(int samples, Func<double> run)
    {
        run();
        return Enumerable.Range(0, plan.Quick ? 2 : 10).Max(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            run();
            return samples / Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    private sealed class Next
    {
        [KeyType(MuLaw.Classes)]
        public uint Prediction { get; set; }
    }
}

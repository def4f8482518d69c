using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.NextSteps;

/// <summary>
/// Next steps with what is known besides them. Token t is (frame of t + speaker) mod 3, with frames drawn at random for 4 steps each: without the
/// frame of the step itself, every fourth token is a guess; without the speaker, all rows are ambiguous.
/// </summary>
[TestClass]
public sealed class ConditionedStepTests
{
    private const int Classes = 3, PerFrame = 4, Steps = 22;
    private static readonly string[] Speakers = ["anna", "ben"];

    private static readonly NextStepOptions Options = new()
    {
        Kind = StepKind.Token,
        Tokens = new TokenOptions { Vocabulary = Classes, EmbeddingSize = 4 },
        StaticColumnNames = ["Speaker", "Gain"],
        KnownColumnName = "Frames",
        StepsPerFrame = PerFrame,
        Training = new TrainingOptions { Epochs = 12, LearningRate = 1e-2, BatchSize = 16, Patience = null, ValidationFraction = 0 },
    };

    private static readonly WaveNet Small = new() { Channels = 12, SkipChannels = 12, Cycles = 1, Levels = 2 };

    private static readonly Lazy<(MLContext Ml, IDataView Rows, ITransformer Chain, NextStepTransformer Model)> Fitted = new(() => Fit(Small, Options));

    [TestMethod]
    public void A_step_is_predicted_with_its_own_frame_and_the_static_value()
    {
        (MLContext ml, IDataView rows, ITransformer chain, _) = Fitted.Value;
        Assert.IsLessThan(0.05, ml.Sequence.EvaluateNextStep(chain.Transform(rows)).Loss);
    }

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("chunks")]
    public void Other_architectures_and_chunks_read_them_too(string how)
    {
        NextStepOptions options = how == "lstm" ? Options : Options with { Training = Options.Training with { BackpropSteps = 5 } };
        (MLContext ml, IDataView rows, ITransformer chain, NextStepTransformer model) = Fit(new Lstm { HiddenSize = 12 }, options);
        Assert.IsLessThan(0.1, ml.Sequence.EvaluateNextStep(chain.Transform(rows)).Loss);
        model.Dispose();
    }

    [TestMethod]
    public void Generation_in_plain_code_follows_frames_and_speaker_also_after_loading()
    {
        SequenceModel model = Fitted.Value.Model.Model;
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        SequenceModel loaded = SequenceModel.Load(file);
        double[] frames = [2, 0, 1, 1, 0, 2];
        foreach (SequenceModel one in new[] { model, loaded })
        {
            for (int speaker = 0; speaker < Speakers.Length; speaker++)
            {
                int[] truth = Truth(frames, speaker, frames.Length * PerFrame);
                int[] found = [.. one.GenerateTokens(truth[..3], Given(frames, Speakers[speaker], truth.Length - 3))];
                CollectionAssert.AreEqual(truth[3..], found);
            }
        }
    }

    [TestMethod]
    public void Backends_engines_and_saved_chains_give_the_same_values()
    {
        (MLContext ml, IDataView rows, ITransformer chain, NextStepTransformer model) = Fitted.Value;
        float[] Losses(ScoringBackend backend)
        {
            model.Backend = backend;
            return [.. chain.Transform(rows).GetColumn<float>("Loss").Take(20)];
        }

        float[] torch = Losses(ScoringBackend.Torch), managed = Losses(ScoringBackend.Managed);
        model.Backend = ScoringBackend.Auto;
        using var file = new MemoryStream();
        ml.Model.Save(chain, rows.Schema, file);
        file.Position = 0;
        ITransformer loaded = ml.Model.Load(file, out _);
        using PredictionEngine<ConditionedRow, Scored> engine = ml.Model.CreatePredictionEngine<ConditionedRow, Scored>(loaded);
        ConditionedRow[] made = [.. ml.Data.CreateEnumerable<ConditionedRow>(rows, reuseRowObject: false).Take(20)];
        for (int row = 0; row < made.Length; row++)
        {
            Assert.AreEqual(torch[row], managed[row], 1e-4 * (1 + torch[row]));
            Assert.AreEqual(torch[row], engine.Predict(made[row]).Loss, 1e-4 * (1 + torch[row]));
        }
    }

    [TestMethod]
    public void Numbers_are_continued_with_conditions()
    {
        // x of t is the frame of t plus the gain; the gain is a number of the row.
        var ml = new MLContext(seed: 1);
        var random = new Random(3);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i =>
        {
            float[] frames = [.. Enumerable.Range(0, 6).Select(_ => (float)random.Next(4))];
            float gain = random.Next(3);
            return new Numbers { Features = [.. Enumerable.Range(0, Steps).Select(t => frames[t / PerFrame] + 10 * gain)], Frames = frames, Gain = gain };
        }).ToArray());
        using NextStepTransformer model = ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 16 },
            Options with { Kind = StepKind.Real, Tokens = null, StaticColumnNames = ["Gain"], Training = Options.Training with { Epochs = 30 } }).Fit(rows);
        double[] given = [3, 1, 2, 0, 3, 1];
        double[][] found = [.. model.Model.GenerateSteps([23.0, 23.0], new GenerationOptions
        {
            MaxLength = 20,
            Conditions = new ConditionValues { Frames = given, Numbers = new Dictionary<string, double> { ["Gain"] = 2 } },
        })];
        for (int i = 0; i < found.Length; i++)
            Assert.AreEqual(given[(i + 2) / PerFrame] + 20, found[i][0], 1);
    }

    [TestMethod]
    public void Conditions_of_a_generation_that_do_not_fit_are_refused()
    {
        SequenceModel model = Fitted.Value.Model.Model;
        void Refused<T>(GenerationOptions options, string expected)
            where T : Exception => StringAssert.Contains(Assert.ThrowsExactly<T>(() => model.GenerateTokens([0], options)).Message, expected);

        double[] frames = [0, 1, 2];
        Refused<InvalidOperationException>(new GenerationOptions(), "The model is conditioned on 'Frames', 'Gain', 'Speaker'");
        Refused<ArgumentException>(Given(frames, "anna", 12), "expected at least 4 frames of 1 values ('Frames'), one for 4 of the 13 steps");
        Refused<ArgumentException>(Given(frames, "carl", 11), "The key 'carl' of 'Speaker' was not in training; expected one of 'anna', 'ben'");
        Refused<ArgumentException>(Given([0, double.NaN, 1], "anna", 5), "missing or infinite");
        Refused<ArgumentException>(new GenerationOptions { MaxLength = 3, Conditions = new ConditionValues { Frames = frames } }, "no number 'Gain'");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Predict([0f, 1])).Message, "PredictionEngine");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.SaveOnnx(Stream.Null, new OnnxOptions())).Message,
            "cannot be written as ONNX");
        (MLContext ml, IDataView rows, ITransformer chain, NextStepTransformer fitted) = Fitted.Value;
        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => ml.Sequence.MeasureMemory(fitted, chain.Transform(rows))).Message,
            "cannot be measured yet");
    }

    [TestMethod]
    [DataRow(3, "has 4 values in row 3, whose sequence has 22 steps; expected 6 or 7 frames of 1 values")]
    [DataRow(8, "has 8 values in row 3")]
    public void Frames_of_another_rate_are_refused(int extra, string expected)
    {
        ConditionedRow[] rows = Rows();
        rows[2].Frames = [.. Enumerable.Repeat(0f, extra == 3 ? 4 : 8)];
        Refused(rows, Options, expected);
    }

    [TestMethod]
    public void Missing_values_and_unknown_keys_are_refused_with_their_place()
    {
        ConditionedRow[] rows = Rows();
        rows[6].Frames[2] = float.NaN;
        Refused(rows, Options, "The value of column 'Frames' is missing (NaN) in row 7 at frame 3.");
        rows = Rows();
        rows[4].Gain = float.PositiveInfinity;
        Refused(rows, Options, "The value of column 'Gain' is missing or infinite in row 5.");
        (MLContext ml, _, _, NextStepTransformer model) = Fitted.Value;
        rows = Rows();
        rows[1].Speaker = "carl";
        IDataView keyed = ml.Transforms.Conversion.MapValueToKey("Speaker").Fit(ml.Data.LoadFromEnumerable(rows)).Transform(ml.Data.LoadFromEnumerable(rows));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Transform(keyed).GetColumn<float>("Loss").ToArray()).Message,
            "The key of column 'Speaker' is 'carl' in row 2");
    }

    [TestMethod]
    public void Options_that_exclude_each_other_are_refused()
    {
        var ml = new MLContext(seed: 1);
        void Wrong(Architecture architecture, NextStepOptions options, string expected) => StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => ml.Sequence.Trainers.NextStep(architecture, options)).Message, expected);

        NextStepOptions plain = Options with { StaticColumnNames = [], KnownColumnName = null, StepsPerFrame = 1 };
        Wrong(new WaveNet { Conditions = 4 }, plain, "WaveNet.Conditions must be 0 for tokens");
        Wrong(new Truncated { Inner = new WaveNet { Conditions = 4 }, Steps = 8 }, plain, "Conditions must be 0 for tokens");
        Wrong(new Ensemble(new Lstm(), new WaveNet { Conditions = 4 }), plain, "WaveNet.Conditions must be 0 for tokens");
        Wrong(new Patched(new WaveNet { Conditions = 4 }, 4, 2), plain, "WaveNet.Conditions must be 0 for tokens");
        Wrong(new Ensemble(new WaveNet { Conditions = 2 }), Options, "Conditions must be 0 with StaticColumnNames or KnownColumnName");
        Wrong(new WaveNet { Conditions = 4 }, Options, "Conditions must be 0 with StaticColumnNames or KnownColumnName");
        Wrong(Small, Options with { TiedEmbedding = true }, "exclude ContinuousText and TiedEmbedding");
        Wrong(Small, Options with { StepsPerFrame = 0 }, "StepsPerFrame must be at least 1; found 0.");
        Wrong(Small, Options with { KnownColumnName = null }, "need KnownColumnName");
        Wrong(Small, Options with { KnownColumnName = "Gain" }, "The column 'Gain' is named 2 times");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => ml.Sequence.Trainers.NextStep(Small, Options with { KnownColumnName = "Frame" }).Fit(ml.Data.LoadFromEnumerable(Rows()))).Message, "'Frame'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => ml.MulticlassClassification.Trainers.Sequence(
            new WaveNet { Conditions = 2 }, new SequenceOptions { Tokens = new TokenOptions { Vocabulary = Classes, EmbeddingSize = 4 } }).Fit(
                ml.Transforms.Conversion.MapValueToKey("Label", "Speaker").Fit(ml.Data.LoadFromEnumerable(Rows())).Transform(
                    ml.Data.LoadFromEnumerable(Rows())))).Message, "WaveNet.Conditions must be 0 for tokens");
    }

    private static void Refused(ConditionedRow[] rows, NextStepOptions options, string expected)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        IDataView keyed = ml.Transforms.Conversion.MapValueToKey("Speaker").Fit(data).Transform(data);
        NextStepTrainer trainer = ml.Sequence.Trainers.NextStep(Small, options);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(keyed)).Message, expected);
    }

    private static GenerationOptions Given(double[] frames, string speaker, int length) => new()
    {
        Temperature = 0,
        MaxLength = length,
        Conditions = new ConditionValues
        {
            Frames = frames,
            Keys = new Dictionary<string, string> { ["Speaker"] = speaker },
            Numbers = new Dictionary<string, double> { ["Gain"] = 0.5 },
        },
    };

    private static (MLContext Ml, IDataView Rows, ITransformer Chain, NextStepTransformer Model) Fit(Architecture architecture, NextStepOptions options)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Rows());
        TransformerChain<NextStepTransformer> chain = ml.Transforms.Conversion.MapValueToKey("Speaker")
            .Append(ml.Sequence.Trainers.NextStep(architecture, options)).Fit(rows);
        return (ml, rows, chain, chain.LastTransformer);
    }

    private static ConditionedRow[] Rows()
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, 240).Select(row =>
        {
            double[] frames = [.. Enumerable.Range(0, 6).Select(_ => (double)random.Next(Classes))];
            return new ConditionedRow
            {
                Features = Truth(frames, row % 2, Steps),
                Frames = [.. frames.Select(frame => (float)frame)],
                Speaker = Speakers[row % 2],
                Gain = random.NextSingle(),
            };
        })];
    }

    private static int[] Truth(double[] frames, int speaker, int steps) =>
        [.. Enumerable.Range(0, steps).Select(t => ((int)frames[t / PerFrame] + speaker) % Classes)];

    private sealed class Numbers
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        [VectorType]
        public float[] Frames { get; set; } = [];

        public float Gain { get; set; }
    }

    private sealed class Scored
    {
        public float Loss { get; set; }
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Distillation;
using MLNet.Sequence.Distilled;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Distillation;

/// <summary>
/// A student of a teacher whose samples are noise around a level that its frames give: what is right is known, and each student can be it.
/// </summary>
[TestClass]
public sealed class DistillationTests
{
    private const int Classes = 17, PerFrame = 8, Steps = 64;

    private static readonly ParallelWaveNet Small = new() { Channels = 6, SkipChannels = 6, Levels = 3 };

    private static readonly DistillationOptions Options = new()
    {
        Steps = 150,
        BatchSize = 8,
        PieceLength = 48,
        PowerWindow = 16,
        PowerWeight = 0.01,
        LearningRate = 3e-2,
        Seed = 1,
    };

    private static readonly Lazy<(MLContext Ml, IDataView Rows, NextStepTransformer Teacher, ParallelWaveNetModel Student)> Fitted = new(Fit);

    [TestMethod]
    public void A_student_becomes_its_teacher()
    {
        (MLContext ml, _, NextStepTransformer teacher, ParallelWaveNetModel student) = Fitted.Value;
        Assert.IsLessThan(0.15, student.Report.Losses[^1]);
        Assert.IsLessThan(student.Report.Losses[0] / 2, student.Report.Losses[^1]);
        double[] frames = [.. Enumerable.Range(0, 100).Select(i => i % 3 - 1.0)];
        int samples = frames.Length * PerFrame;
        var conditions = new ConditionValues { Frames = frames };
        int[] own = [.. teacher.Model.GenerateTokens([8], new GenerationOptions { MaxLength = samples - 1, Conditions = conditions })];
        int[] given = student.Generate(samples, conditions);
        double Judged(int[] tokens) => ml.Sequence.EvaluateNextStep(teacher.Transform(ml.Data.LoadFromEnumerable(new[]
        {
            new Row { Features = [.. tokens], Frames = [.. frames.Select(frame => (float)frame)] },
        }))).Loss;
        double entropy = Judged([8, .. own]);
        Assert.AreEqual(entropy, Judged(given), 0.25);
        Assert.AreEqual(entropy, student.Entropy(samples, conditions), 0.25);
        // The level of each frame.
        for (int level = -1; level <= 1; level++)
            Assert.AreEqual(8 + 4 * level, given.Where((_, t) => frames[t / PerFrame] == level).Average(), 0.7);
    }

    [TestMethod]
    public void Flows_are_the_equations_in_the_order_of_time()
    {
        ParallelWaveNetModel student = Fitted.Value.Student;
        var conditions = new ConditionValues { Frames = [.. Enumerable.Range(0, 700).Select(i => i % 3 - 1.0)] };
        // Longer than the pieces that cores share.
        int[] all = student.Generate(5000, conditions, seed: 3);
        CollectionAssert.AreEqual(all[..100], student.Generate(100, conditions, seed: 3));
        CollectionAssert.AreNotEqual(all, student.Generate(5000, conditions, seed: 4));

        // Sample by sample, each flow fed with its own input before.
        NetworkPlan plan = student.Student.Flow((NextStep)Fitted.Value.Teacher.Model.Task);
        ManagedNetwork[] flows = [.. Enumerable.Range(0, student.Student.Flows).Select(flow =>
        {
            var own = new Weights();
            foreach (WeightSpec spec in plan.AllWeights())
                own.Add(student.Weights[ParallelWaveNetModel.Name(flow, spec.Name)] with { Name = spec.Name });
            return new ManagedNetwork(plan, own);
        })];
        float[][] states = [.. flows.Select(flow => new float[flow.StateSize])], before = [.. flows.Select(_ => new float[1])];
        ChannelScaling scaling = Fitted.Value.Teacher.Model.Scaling.Pooled;
        var random = new RandomStream(3);
        var output = new float[2];
        int others = 0;
        for (int t = 0; t < 5000; t++)
        {
            float x = StudentSound.Noise(random), frame = (float)((conditions.Frames[t / PerFrame] - scaling.Mean[1]) / scaling.Deviation[1]);
            for (int flow = 0; flow < flows.Length; flow++)
            {
                flows[flow].Step([before[flow][0], frame], output, states[flow]);
                before[flow][0] = x;
                x = x * MathF.Exp(Math.Clamp(output[1] + (flow == 0 ? -2 : 0), -7.5f, 3)) + output[0];
            }

            if (LogisticClasses.Of(x, Classes) != all[t])
                others++;
        }

        // A level at the edge of two classes may be rounded to either.
        Assert.IsLessThan(10, others);
    }

    [TestMethod]
    public void A_saved_student_gives_the_same_samples()
    {
        ParallelWaveNetModel student = Fitted.Value.Student;
        using var file = new MemoryStream();
        student.Save(file);
        file.Position = 0;
        ParallelWaveNetModel loaded = ParallelWaveNetModel.Load(file);
        var conditions = new ConditionValues { Frames = new double[10] };
        CollectionAssert.AreEqual(student.Generate(80, conditions), loaded.Generate(80, conditions));
        Assert.AreEqual(student.Report, loaded.Report);
        Assert.AreEqual(student.Student, loaded.Student);

        byte[] damaged = file.ToArray();
        damaged[^3] ^= 1;
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => ParallelWaveNetModel.Load(new MemoryStream(damaged))).Message, "checksum");
        using var other = new MemoryStream();
        Fitted.Value.Teacher.Model.Save(other);
        other.Position = 0;
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => ParallelWaveNetModel.Load(other)).Message, "is not a student");
    }

    [TestMethod]
    public void What_cannot_be_distilled_or_generated_is_refused()
    {
        (MLContext ml, IDataView rows, NextStepTransformer teacher, ParallelWaveNetModel student) = Fitted.Value;
        void Wrong<T>(Action run, string expected)
            where T : Exception => StringAssert.Contains(Assert.ThrowsExactly<T>(run).Message, expected);

        Wrong<ArgumentException>(() => ml.Sequence.Distill(teacher, rows, Small with { Flows = 0 }), "ParallelWaveNet.Flows must be at least 1; found 0.");
        Wrong<ArgumentException>(() => ml.Sequence.Distill(teacher, rows, Small with { Channels = 0 }), "Channels must be at least 1");
        Wrong<ArgumentException>(() => ml.Sequence.Distill(teacher, rows, Small, Options with { PieceLength = 8 }), "PieceLength must be at least PowerWindow");
        Wrong<InvalidOperationException>(() => ml.Sequence.Distill(teacher, rows, Small, Options with { PieceLength = 64 }), "the longest has 64");
        Wrong<InvalidOperationException>(() => student.Generate(8), "The model is conditioned on 'Frames'");
        Wrong<ArgumentException>(() => student.Generate(9, new ConditionValues { Frames = [0] }), "at least 2 frames");
        // The losses of the only step are finite; its gradient is not.
        Wrong<InvalidOperationException>(
            () => ml.Sequence.Distill(teacher, rows, Small, Options with { Steps = 1, PowerWeight = 3e38 }), "diverged at step 1");
        using NextStepTransformer numbers = ml.Sequence.Trainers.NextStep(new Rnn { HiddenSize = 2 }, new NextStepOptions
        {
            Kind = StepKind.Real,
            Training = new TrainingOptions { Epochs = 1, ValidationFraction = 0, Patience = null },
        }).Fit(ml.Data.LoadFromEnumerable(Rows(4)));
        Wrong<ArgumentException>(() => ml.Sequence.Distill(numbers, rows), "must predict next steps of integer tokens");
    }

    [TestMethod]
    public void A_teacher_without_conditions_has_a_student_without()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Rows(8));
        using NextStepTransformer teacher = ml.Sequence.Trainers.NextStep(new Rnn { HiddenSize = 3 }, new NextStepOptions
        {
            Kind = StepKind.Token,
            Tokens = new TokenOptions { Vocabulary = Classes, EmbeddingSize = 3 },
            Training = new TrainingOptions { Epochs = 1, ValidationFraction = 0, Patience = null },
        }).Fit(rows);
        ParallelWaveNetModel student = ml.Sequence.Distill(teacher, rows, Small, Options with { Steps = 12 });
        Assert.HasCount(6, student.Report.PowerLosses);
        Assert.HasCount(50, student.Generate(50));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => student.Generate(5, new ConditionValues())).Message, "no conditions");
        // The same seed gives the same student.
        ParallelWaveNetModel again = ml.Sequence.Distill(teacher, rows, Small, Options with { Steps = 12 });
        foreach (Weight weight in student.Weights)
            CollectionAssert.AreEqual(weight.Values.ToArray(), again.Weights[weight.Name].Values.ToArray(), weight.Name);
    }

    [TestMethod]
    public void The_divergence_is_that_of_probabilities_by_hand()
    {
        (_, _, NextStepTransformer teacher, _) = Fitted.Value;
        using var scope = NewDisposeScope();
        using var loss = new TeacherLoss(teacher.Model);
        // Levels of whole classes, so that the teacher reads them as it always does; the frame is 0 in standardised units.
        int[] tokens = [3, 9, 12, 4];
        float[] mean = [0.1f, -0.3f, 0.5f, 0], scale = [0.2f, 0.1f, 0.3f, 0.05f];
        Tensor Row(IEnumerable<float> values) => tensor(values.ToArray()).view(1, 4);
        (Tensor divergence, Tensor entropy) = loss.Of(
            Row(tokens.Select(token => 2f * token / (Classes - 1) - 1)), Row(mean), Row(scale), new SoundPiece(zeros(1, 4, 1), null, zeros(1, 4)));

        // The level of silence is class 8.
        float[] logits = teacher.Model.Managed.Run([8, 0, .. tokens[..3].SelectMany(token => new float[] { token, 0 })]);
        double expected = 0;
        for (int t = 0; t < 4; t++)
        {
            float[] own = logits[(t * Classes)..((t + 1) * Classes)];
            double UpTo(int k) => k < 0 ? 0 : k == Classes - 1 ? 1 : 1 / (1 + Math.Exp(-((2 * k + 1) / 16.0 - 1 - mean[t]) / scale[t]));
            expected += Enumerable.Range(0, Classes).Sum(k => (UpTo(k) - UpTo(k - 1)) is > 1e-12 and var p
                ? p * (Math.Log(p) - own[k] + Logits.LogSumExp(own)) : 0) / 4;
        }

        Assert.AreEqual(expected, divergence.item<float>(), 1e-4 * (1 + expected));
        Assert.AreEqual(Enumerable.Range(0, 4).Average(t => LogisticClasses.Entropy(mean[t], scale[t], Classes)), entropy.item<float>(), 1e-4);
    }

    [TestMethod]
    public void Power_is_compared_by_frequency_and_silence_differs()
    {
        using var scope = NewDisposeScope();
        using var power = new PowerLoss(16, 256);
        double[] tone = [.. Enumerable.Range(0, 48).Select(t => 0.5 * Math.Sin(0.8 * t))];
        Tensor Levels(IEnumerable<double> sound) => tensor(sound.Select(x =>
            (float)(Math.Sign(x) * Math.Log(1 + 255 * Math.Abs(x)) / Math.Log(256))).ToArray()).view(1, -1);
        double[] Logarithms(double[] sound) => [.. Enumerable.Range(0, 9).Select(k => Math.Log(1e-3 + Enumerable.Range(0, 5).Average(window =>
        {
            (double re, double im) = (0, 0);
            for (int n = 0; n < 16; n++)
            {
                double x = sound[8 * window + n] * Math.Pow(Math.Sin(Math.PI * n / 16), 2);
                (re, im) = (re + x * Math.Cos(2 * Math.PI * n * k / 16), im + x * Math.Sin(2 * Math.PI * n * k / 16));
            }

            return re * re + im * im;
        })))];
        double expected = Logarithms(tone).Zip(Logarithms(new double[48]), (a, b) => (a - b) * (a - b)).Average();
        Assert.AreEqual(expected, power.Of(Levels(tone), Levels(new double[48])).item<float>(), 1e-3 * expected);
        Assert.AreEqual(0, power.Of(Levels(tone), Levels(tone)).item<float>(), 1e-6);
    }

    private static (MLContext Ml, IDataView Rows, NextStepTransformer Teacher, ParallelWaveNetModel Student) Fit()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Rows(160));
        NextStepTransformer teacher = ml.Sequence.Trainers.NextStep(
            new WaveNet { Channels = 8, SkipChannels = 16, Cycles = 1, Levels = 2 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                Tokens = new TokenOptions { Vocabulary = Classes, EmbeddingSize = 4, InitialDeviation = 0.05 },
                KnownColumnName = "Frames",
                StepsPerFrame = PerFrame,
                Training = new TrainingOptions { Epochs = 8, LearningRate = 1e-2, BatchSize = 8, Patience = null, ValidationFraction = 0 },
            }).Fit(rows);
        return (ml, rows, teacher, ml.Sequence.Distill(teacher, rows, Small, Options));
    }

    private static Row[] Rows(int count)
    {
        var random = new RandomStream(11);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float[] frames = [.. Enumerable.Range(0, Steps / PerFrame).Select(_ => random.NextInt64(3) - 1f)];
            return new Row
            {
                Features = [.. Enumerable.Range(0, Steps).Select(t =>
                    (int)Math.Clamp(Math.Round(8 + 4 * frames[t / PerFrame] + random.NextNormal()), 0, Classes - 1))],
                Frames = frames,
            };
        })];
    }

    private sealed class Row
    {
        [VectorType]
        public int[] Features { get; set; } = [];

        [VectorType]
        public float[] Frames { get; set; } = [];
    }
}

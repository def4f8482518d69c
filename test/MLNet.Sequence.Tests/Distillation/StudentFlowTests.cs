using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Distilled;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.NextSteps;

namespace MLNet.Sequence.Tests.Distillation;

/// <summary>
/// The flows of a student with random weights against their equations, sample by sample, in a network that is stepped: with frames, a number and a
/// key. There are 256 classes, so that a small error is a different class.
/// </summary>
[TestClass]
public sealed class StudentFlowTests
{
    private const int PerFrame = 8;

    private static readonly Lazy<SequenceModel> Teacher = new(Fit);

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(2, 600)]
    [DataRow(3, 1)]
    [DataRow(3, 2)]
    [DataRow(3, 600)]
    [DataRow(4, 2)]
    public void Samples_are_those_of_the_equations(int kernelSize, int samples)
    {
        ParallelWaveNetModel student = Student(kernelSize);
        double[] frames = [.. Enumerable.Range(0, 75).Select(i => i % 3 - 1.0)];
        ConditionValues Given(string speaker, double gain) => new()
        {
            Frames = frames,
            Keys = new Dictionary<string, string> { ["Speaker"] = speaker },
            Numbers = new Dictionary<string, double> { ["Gain"] = gain },
        };
        int[] found = student.Generate(samples, Given("ben", 3), seed: 3), expected = Equations(student, frames, (Gain: 3, Speaker: 1), samples);
        // A level at the edge of two classes may be rounded to either.
        Assert.IsLessThanOrEqualTo(samples / 100, found.Zip(expected, (a, b) => a == b ? 0 : 1).Sum());
        // A few samples may be of the outermost classes.
        if (samples < 100)
            return;
        CollectionAssert.AreNotEqual(found, student.Generate(samples, Given("anna", 3), seed: 3));
        CollectionAssert.AreNotEqual(found, student.Generate(samples, Given("ben", -3), seed: 3));
    }

    [TestMethod]
    public void Entropy_is_a_mean_of_nats_and_the_same_each_time()
    {
        ParallelWaveNetModel student = Student(2);
        var given = new ConditionValues
        {
            Frames = new double[75],
            Keys = new Dictionary<string, string> { ["Speaker"] = "anna" },
            Numbers = new Dictionary<string, double> { ["Gain"] = 1 },
        };
        double entropy = student.Entropy(600, given);
        Assert.IsTrue(entropy > 0 && entropy <= Math.Log(MuLaw.Classes), $"{entropy}");
        for (int i = 0; i < 5; i++)
            Assert.AreEqual(entropy, student.Entropy(600, given));
    }

    private static int[] Equations(ParallelWaveNetModel student, double[] frames, (double Gain, int Speaker) beside, int samples)
    {
        NetworkPlan plan = student.Student.Flow((NextStep)Teacher.Value.Task);
        ManagedNetwork[] flows = [.. Enumerable.Range(0, student.Student.Flows).Select(flow =>
        {
            var own = new Weights();
            foreach (WeightSpec spec in plan.AllWeights())
                own.Add(student.Weights[ParallelWaveNetModel.Name(flow, spec.Name)] with { Name = spec.Name });
            return new ManagedNetwork(plan, own);
        })];
        float[][] states = [.. flows.Select(flow => new float[flow.StateSize])];
        var before = new float[flows.Length];
        ChannelScaling scaling = Teacher.Value.Scaling.Pooled;
        float Scaled(double value, int channel) => (float)((value - scaling.Mean[channel]) / scaling.Deviation[channel]);
        var random = new RandomStream(3);
        var output = new float[2];
        return [.. Enumerable.Range(0, samples).Select(t =>
        {
            float x = StudentSound.Noise(random);
            for (int flow = 0; flow < flows.Length; flow++)
            {
                flows[flow].Step([before[flow], Scaled(frames[t / PerFrame], 1)], output, states[flow], [Scaled(beside.Gain, 2), beside.Speaker]);
                before[flow] = x;
                x = x * MathF.Exp(Math.Clamp(output[1] + (flow == 0 ? -2 : 0), -7.5f, 3)) + output[0];
            }

            return LogisticClasses.Of(x, MuLaw.Classes);
        })];
    }

    private static ParallelWaveNetModel Student(int kernelSize)
    {
        var student = new ParallelWaveNet { Channels = 5, SkipChannels = 6, Levels = 3, KernelSize = kernelSize };
        var task = (NextStep)Teacher.Value.Task;
        var random = new RandomStream(9);
        var weights = new Weights();
        foreach (int flow in Enumerable.Range(0, student.Flows))
        {
            foreach (WeightSpec spec in student.Flow(task).AllWeights())
            {
                int count = spec.Shape.Aggregate(1, (a, b) => a * b);
                weights.Add(new Weight(
                    ParallelWaveNetModel.Name(flow, spec.Name), [.. spec.Shape],
                    [.. Enumerable.Range(0, count).Select(_ => 0.3f * (float)random.NextNormal())]));
            }
        }

        return new ParallelWaveNetModel(student, task, Teacher.Value.Scaling.Pooled, weights, new DistillationReport([], [], 0, 0, 0, 0));
    }

    // Only its task and its scaling are used.
    private static SequenceModel Fit()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new ConditionedRow
        {
            Features = [.. Enumerable.Range(0, 16).Select(t => 16 * t + i)],
            Frames = [i, 1 - i],
            Speaker = i % 2 == 0 ? "anna" : "ben",
            Gain = 2 * i,
        }).ToArray());
        TransformerChain<NextStepTransformer> chain = ml.Transforms.Conversion.MapValueToKey("Speaker").Append(ml.Sequence.Trainers.NextStep(
            new Rnn { HiddenSize = 2 }, new NextStepOptions
            {
                Kind = StepKind.Token,
                Tokens = new TokenOptions { Vocabulary = MuLaw.Classes, EmbeddingSize = 2 },
                StaticColumnNames = ["Speaker", "Gain"],
                KnownColumnName = "Frames",
                StepsPerFrame = PerFrame,
                Training = new TrainingOptions { Epochs = 1, ValidationFraction = 0, Patience = null },
            })).Fit(rows);
        using NextStepTransformer fitted = chain.LastTransformer;
        return fitted.Model;
    }
}

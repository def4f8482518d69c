using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.ByTask;
using MLNet.Sequence.Model;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Tasks;

/// <summary>
/// The contract of every task. All readers of its outputs (columns on both backends, plain C#, sessions, ONNX) give the values of its plain
/// formula, and its statements about its decoding and its loss are true.
/// </summary>
public abstract partial class TaskContract : ITaskForms
{
    private const double Parity = 1e-4;

    private static readonly SequenceInput Vectors = new() { Columns = ["Features"], Scalars = false, Features = 2 };

    /// <summary>The task in each of its forms.</summary>
    public abstract IEnumerable<SequenceTask> Forms { get; }

    /// <summary>Each output by name, as double. A label is its key, from 1, or 0 and 1.</summary>
    /// <param name="case">The model, and the network's input and output for a sequence.</param>
    internal abstract Dictionary<string, double[]> Expected(TaskCase @case);

    /// <summary>The loss of an output of the network, if each step is decoded alone.</summary>
    internal abstract double Cost(SequenceTask task, double[] output, double[] target);

    /// <summary>Random targets for an output of this many values.</summary>
    internal abstract double[] Target(SequenceTask task, int outputs, RandomStream random);

    internal static SequenceInput Features => Vectors;

    internal static SequenceInput Tokens(bool named = false) => new()
    {
        Columns = ["Tokens"],
        Scalars = false,
        Features = 1,
        Tokens = new TokenInput
        {
            Count = 5,
            Keys = named,
            EmbeddingSize = 3,
            Values = named ? ["a", "b", "c", "d", "e"] : null,
            ValueType = named ? "String"
            : null
        },
    };

    [TestMethod]
    public void Columns_hold_what_the_formula_says()
    {
        foreach (TaskCase[] rows in Cases())
        {
            SequenceModel model = rows[0].Model;
            using SequenceTransformer transformer = TransformerFactory.Create(new MLContext(), model);
            foreach (ScoringBackend backend in new[] { ScoringBackend.Managed, ScoringBackend.Torch })
            {
                transformer.Backend = backend;
                IDataView scored = transformer.Transform(View(rows));
                Dictionary<string, double[][]> columns = model.Task.Outputs.ToDictionary(output => output.Name, output => Column(scored, output.Name));
                for (int row = 0; row < rows.Length; row++)
                    Same(Expected(rows[row]), columns.ToDictionary(column => column.Key, column => column.Value[Place(rows, row)]),
                        $"{model.Task.GetType().Name}, {backend}");
            }
        }
    }

    [TestMethod]
    public void Its_columns_are_its_outputs_in_their_order()
    {
        foreach (TaskCase[] rows in Cases())
        {
            using SequenceTransformer transformer = TransformerFactory.Create(new MLContext(), rows[0].Model);
            IDataView data = View(rows);
            string[] added = [.. transformer.GetOutputSchema(data.Schema).Skip(data.Schema.Count).Select(column => column.Name)];
            // A forecaster also adds the actual values.
            string[] expected = [.. rows[0].Task.Outputs.Select(output => output.Name), .. rows[0].Task.Series is { } series
                ? new[] { series.ActualColumnName } : []];
            CollectionAssert.AreEqual(expected, added);
        }
    }

    [TestMethod]
    public void Plain_CSharp_and_sessions_give_the_prediction()
    {
        foreach (TaskCase @case in Cases().SelectMany(rows => rows))
        {
            SequenceModel model = @case.Model;
            string name = @case.Task.Prediction.Name;
            double[] expected = Expected(@case)[name], said = model.Task.Series is null ? model.Predict(@case.Values) : model.Forecast(@case.Values);
            Close.AssertEqual(expected, said, Parity, $"{@case.Task.GetType().Name}, plain C#");
            // Steps that are decoded together have no output step by step.
            if (model.Task.ChainPath is not null)
                continue;
            SequenceSession session = model.CreateSession();
            var output = new double[session.OutputSize];
            foreach (double[] step in @case.Values.Chunk(session.InputSize))
                session.Step("", step, output);
            Close.AssertEqual(expected[^output.Length..], output, Parity, $"{@case.Task.GetType().Name}, a session");
        }
    }

    [TestMethod]
    public void Onnx_has_the_same_outputs()
    {
        foreach (TaskCase @case in Cases().SelectMany(rows => rows))
        {
            using var file = new MemoryStream();
            @case.Model.SaveOnnx(file, new OnnxOptions());
            using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
            CollectionAssert.AreEqual(@case.Task.Outputs.Select(output => output.Name).ToArray(), session.Outputs.Keys.ToArray());
            int channels = @case.Task.DataChannels, steps = @case.Values.Length / channels;
            OnnxTensor sequence = @case.Task.Tokens is null
                ? new OnnxTensor("Sequence", Array.ConvertAll(@case.Values, value => (float)value), 1, steps, channels)
                : new OnnxTensor("Sequence", Array.ConvertAll(@case.Values, value => (long)value), 1, steps);
            var found = session.Run(sequence).ToDictionary(output => output.Key, output => Numbers(output.Value));
            Same(Expected(@case), found, $"{@case.Task.GetType().Name}, ONNX");
        }
    }

    [TestMethod]
    public void A_chain_that_MLNet_converts_has_the_same_outputs_or_is_refused()
    {
        foreach (TaskCase[] rows in Cases())
        {
            using SequenceTransformer transformer = TransformerFactory.Create(new MLContext(), rows[0].Model);
            IDataView read = Read(View(rows), rows[0].Task);
            if (rows[0].Task.Series is not null)
                StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => ConvertedChain.Convert(transformer, read)).Message, "several rows");
            else
                ConvertedChain.AssertSame(transformer, read, [.. rows[0].Task.Outputs.Select(output => output.Name)]);
        }
    }

    [TestMethod]
    public void Outputs_change_by_no_more_than_the_decoding_claims()
    {
        var random = new RandomStream(7);
        foreach (SequenceModel model in Forms.Select(Model).Where(model => model.Task.ChainPath is null))
        {
            ValueDecoding decoding = model.Task.Decoded;
            double steepest = 0;
            for (int trial = 0; trial < 2_000; trial++)
            {
                // Values near each other and far apart, near zero and in the tails.
                double size = Math.Pow(10, 4 * random.NextDouble() - 3), level = 4 * random.NextDouble();
                float[] one = [.. Enumerable.Range(0, model.Network.OutputSize).Select(_ => (float)(level * Normal(random)))];
                float[] other = [.. one.Select(value => (float)(value + size * (2 * random.NextDouble() - 1)))];
                // Log-probabilities of a head always have the same sum of exponentials.
                if (model.Task is NextStep { AdaptiveSoftmax.Count: > 0 })
                    (one, other) = (LogShares(one), LogShares(other));
                double change = one.Zip(other, (x, y) => Math.Abs((double)x - y)).Max();
                double[] first = Applied(decoding, one, model), second = Applied(decoding, other, model);
                double[] moved = [.. first.Zip(second, (x, y) => Math.Abs(x - y))];
                double[] ratios = [.. moved.Select((move, i) => move / decoding.Deviation(model.Scaling.Pooled, i) / change)];
                steepest = Math.Max(steepest, ratios.Max());
                Assert.IsLessThanOrEqualTo(decoding.Slope * (1 + 1e-3) + 1e-6 / change, ratios.Max(), model.Task.GetType().Name);
                Assert.IsLessThanOrEqualTo(decoding.Most, moved.Max(), model.Task.GetType().Name);
            }

            // The bound is nearly reached, so it is not too large; a mixture alone has none.
            if (decoding is DistributionDecoding { Kind: ForecastDistributionKind.MixtureOfGaussians })
                continue;
            Assert.IsTrue(double.IsFinite(decoding.Slope), model.Task.GetType().Name);
            Assert.IsGreaterThan(0.8 * decoding.Slope, steepest, model.Task.GetType().Name);
        }
    }

    [TestMethod]
    public void Its_loss_is_that_of_the_formula()
    {
        var random = new RandomStream(3);
        foreach (SequenceModel model in Forms.Select(Model))
        {
            SequenceTask task = model.Task;
            int outputs = model.Network.OutputSize * (task.Answered == Answered.EachStep ? 4 : 1);
            for (int trial = 0; trial < 20; trial++)
            {
                float[] output = [.. Enumerable.Range(0, outputs).Select(_ => (float)(3 * Normal(random)))];
                double[] target = Target(task, outputs, random);
                double expected = Cost(task, [.. output.Select(value => (double)value)], target);
                Assert.AreEqual(expected, task.Loss.Of(output, Array.ConvertAll(target, value => (float)value)), 1e-5 * Math.Max(1, expected),
                    task.GetType().Name);
            }
        }
    }

    [TestMethod]
    public void It_is_sound_printed_saved_and_read_back()
    {
        foreach (SequenceTask task in Forms)
        {
            Assert.AreEqual("", string.Join(" ", task.Problems()));
            StringAssert.StartsWith(task.ToString(), task.GetType().Name);
            Assert.AreEqual(task, ModelFile.ReadTask(ModelFile.TaskJson(task)));
            Assert.AreEqual(task.Series is null, task.RowInput is not null);
            CollectionAssert.Contains(task.Outputs.ToArray(), task.Prediction);
            CollectionAssert.AllItemsAreUnique(task.Outputs.Select(output => output.Name).ToArray());
            Assert.IsTrue(task.Outputs.All(output => output.Description.Length > 0));
            Assert.AreEqual(1, task.Loss.Baselines.Count(name => name == task.Loss.Baselines[0]));
        }
    }

    /// <summary>e^x over the sum of all.</summary>
    internal static double[] Shares(IReadOnlyList<double> logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }

    /// <summary>The index of the largest.</summary>
    internal static int Largest(IReadOnlyList<double> values) => Enumerable.Range(0, values.Count).MaxBy(i => values[i]);

    internal static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    internal static double Normal(RandomStream random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static float[] LogShares(float[] logits) => [.. Shares([.. logits.Select(logit => (double)logit)]).Select(share => (float)Math.Log(share))];

    private static double[] Applied(ValueDecoding decoding, float[] network, SequenceModel model)
    {
        var values = new double[network.Length];
        decoding.Apply([.. network], values, model.Scaling.Pooled);
        return values;
    }

    private static SequenceModel Model(SequenceTask task)
    {
        ChannelScaling scaling = task.Tokens is not null || task.NextSteps == StepKind.MultiLabel
            ? ChannelScaling.None(task.DataChannels)
            : new ChannelScaling([.. Enumerable.Range(0, task.DataChannels).Select(i => 12.0 - 7 * i)],
                [.. Enumerable.Range(0, task.DataChannels).Select(i => 2.0 + i)]);
        return UntrainedModel.Make(new Lstm { HiddenSize = 40 }, task, scaling);
    }

    // For each form, some sequences of different lengths; those of a forecaster are as long as its context.
    private IEnumerable<TaskCase[]> Cases()
    {
        foreach (SequenceModel model in Forms.Select(Model))
        {
            int[] lengths = model.Task.Series is { } series ? [series.Context, series.Context] : [5, 2, 9];
            yield return [.. lengths.Select((steps, i) => TaskCase.Make(model, steps, seed: i + 1))];
        }
    }
}

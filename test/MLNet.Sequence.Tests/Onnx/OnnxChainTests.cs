using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Onnx;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>ML.NET's conversion of a chain gives the outputs of the chain, for every network, task and form of a sequence.</summary>
[TestClass]
public sealed class OnnxChainTests
{
    private const int Steps = 10, Features = 2;

    private static readonly ChannelScaling Scaling = new([1200, -3], [35, 2]);

    private static readonly Architecture Gru = new Gru { HiddenSize = 40 };

    private readonly MLContext _ml = new();

    public static IEnumerable<object[]> Architectures => Architecture.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Architectures))]
    public void Every_architecture_is_converted_for_every_task(string name)
    {
        Architecture architecture = Architecture.FromName(name);
        float[][] rows = Rows(4);
        foreach (SequenceTask task in Tasks(UntrainedModel.Features(Features)).Where(task => task is not NextStep || architecture.IsCausal))
        {
            using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(architecture, task, Scaling));
            ConvertedChain.AssertSame(transformer, View(rows, Steps * Features), Batch(rows), [.. task.Outputs.Select(output => output.Name)]);
        }
    }

    [TestMethod]
    [DataRow(MissingValues.Mask, false)]
    [DataRow(MissingValues.Mask, true)]
    [DataRow(MissingValues.Interpolate, false)]
    [DataRow(MissingValues.Interpolate, true)]
    public void Gaps_and_padding_are_read_as_in_the_chain(MissingValues missing, bool endAtPadding)
    {
        float[][] rows = Rows(6);
        // Gaps inside, at both ends, over several steps and in a whole feature; padding, also after a step with a missing part; only
        // padding.
        foreach ((int row, int[] places) in new[] { (1, new[] { 0, 5, 7, 9 }), (2, [2, 4, 19]), (3, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]),
            (4, [11, 12, 13, 14, 15, 16, 17, 18, 19]), (5, endAtPadding ? [.. Enumerable.Range(0, 20)] : [18, 19]) })
        {
            foreach (int place in places)
                rows[row][place] = float.NaN;
        }

        SequenceInput input = UntrainedModel.Features(Features) with
        {
            MissingValues = missing,
            EndAtPadding = endAtPadding,
            EmptySequences = EmptySequences.Skip
        };
        foreach (SequenceTask task in Tasks(input).Where(task => task is not NextStep || missing != MissingValues.Mask))
        {
            using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(Gru, task, Scaling));
            ConvertedChain.AssertSame(transformer, View(rows, Steps * Features), Batch(rows), [.. task.Outputs.Select(output => output.Name)]);
        }
    }

    [TestMethod]
    public void A_network_that_reads_backwards_begins_before_the_padding()
    {
        float[][] rows = Rows(3);
        rows[1].AsSpan(8).Fill(float.NaN);
        SequenceInput input = UntrainedModel.Features(Features) with { EndAtPadding = true };
        foreach (SequenceTask task in Tasks(input).Where(task => task is not NextStep))
        {
            using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(new Bidirectional(), task, Scaling));
            ConvertedChain.AssertSame(transformer, View(rows, Steps * Features), Batch(rows), [.. task.Outputs.Select(output => output.Name)]);
        }
    }

    [TestMethod]
    public void Sequences_of_any_length_are_read_row_by_row()
    {
        float[][] rows = [.. Rows(6).Select((row, i) => row[..(2 * (i + 3))])];
        foreach (SequenceTask task in Tasks(UntrainedModel.Features(Features)))
        {
            using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(Gru, task, Scaling));
            ConvertedChain.AssertSame(transformer, View(rows), [.. task.Outputs.Where(output => !output.IsOfEachStep || output.Shape.Count > 0)
                .Select(output => output.Name)]);
        }
    }

    [TestMethod]
    public void Vectors_of_two_dimensions_are_steps_and_features()
    {
        SequenceTask task = Regression(UntrainedModel.Features(Features));
        using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(Gru, task, Scaling));
        ConvertedChain.AssertSame(transformer, View(Rows(5), Steps, Features), "Score");
    }

    [TestMethod]
    public void Doubles_are_standardised_before_they_become_floats()
    {
        // Floats of this size are 128 apart.
        const double level = 1.7e9;
        var random = new RandomStream(5);
        Counter[] counters = [.. Enumerable.Range(0, 5).Select(_ => new Counter
        {
            Count = [.. Enumerable.Range(0, Steps).Select(_ => level + 3 * random.NextDouble())],
        })];
        SequenceTask task = Regression(new SequenceInput { Columns = ["Count"], Scalars = false, Features = 1 });
        using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(Gru, task, new ChannelScaling([level + 1.5], [0.9])));
        ConvertedChain.AssertSame(transformer, _ml.Data.LoadFromEnumerable(counters), "Score");
    }

    [TestMethod]
    public void Columns_of_single_values_of_several_types_are_read_together()
    {
        var random = new RandomStream(5);
        Mixed[] rows = [.. Enumerable.Range(0, 5).Select(row => new Mixed
        {
            Whole = (int)random.NextInt64(9),
            Yes = row % 2 == 0,
            Fine = random.NextDouble(),
            Plain = (float)random.NextDouble()
        })];
        SequenceTask task = Regression(new SequenceInput { Columns = ["Whole", "Yes", "Fine", "Plain"], Scalars = true, Features = 2 });
        using SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(Gru, task, new ChannelScaling([2, 0.5], [3, 0.4])));
        ConvertedChain.AssertSame(transformer, _ml.Data.LoadFromEnumerable(rows), "Score");
    }

    [TestMethod]
    public void Two_models_in_a_chain_do_not_meet()
    {
        SequenceInput first = UntrainedModel.Features(Features), second = new() { Columns = ["Scores"], Scalars = false, Features = 3 };
        using SequenceTransformer tagger = _ml.Sequence.CreateTransformer(UntrainedModel.Make(new MinGru { HiddenSize = 8 },
            new SequenceTagging { Input = first, LongestSequence = Steps, Tags = 3 }, Scaling));
        using SequenceTransformer regression = _ml.Sequence.CreateTransformer(UntrainedModel.Make(new MinGru { HiddenSize = 8 }, Regression(second),
            new ChannelScaling([0.3, 0.3, 0.3], [0.2, 0.2, 0.2])));
        ConvertedChain.AssertSame(new TransformerChain<ITransformer>(tagger, regression), View(Rows(5), Steps * Features), "Scores", "Score");
    }

    [TestMethod]
    public void A_column_may_have_the_name_of_a_node_or_none_that_a_node_may_have()
    {
        var task = new SequenceBinaryClassification
        {
            Input = UntrainedModel.Features(Features) with { Columns = ["MLNet.Sequence.constant"] },
            Pooling = PoolingKind.Max,
            LongestSequence = Steps,
            PredictedLabelColumnName = "MLNet.Sequence.2.constant",
            ScoreColumnName = "Sigmoid_1",
            ProbabilityColumnName = "chance of yes (%)"
        };
        using SequenceTransformer model = _ml.Sequence.CreateTransformer(UntrainedModel.Make(Gru, task, Scaling));
        IDataView rows = View(Rows(12), Steps * Features);
        ITransformer copy = _ml.Transforms.CopyColumns("MLNet.Sequence.constant", "Features").Fit(rows);
        ConvertedChain.AssertSame(new TransformerChain<ITransformer>(copy, model), rows, "MLNet.Sequence.2.constant", "Sigmoid_1", "chance of yes (%)");
    }

    private static IEnumerable<SequenceTask> Tasks(SequenceInput input)
    {
        foreach (PoolingKind pooling in Enum.GetValues<PoolingKind>())
            yield return new SequenceClassification { Input = input, Pooling = pooling, LongestSequence = Steps, Classes = 3 };
        yield return new SequenceBinaryClassification { Input = input, Pooling = PoolingKind.Attention, LongestSequence = Steps };
        yield return Regression(input);
        yield return new SequenceTagging { Input = input, LongestSequence = Steps, Tags = 3 };
        yield return new SequenceTagging { Input = input, LongestSequence = Steps, Tags = 3, Decoding = TagDecoding.Chain };
        yield return new NextStep { Input = input, Kind = StepKind.Real, LongestSequence = Steps };
    }

    private static SequenceRegression Regression(SequenceInput input) =>
        new() { Input = input, Pooling = PoolingKind.Mean, LongestSequence = Steps, LabelScaling = new ChannelScaling([1], [3]) };

    private static float[][] Rows(int count)
    {
        var random = new RandomStream(3);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Steps * Features)
            .Select(i => (float)(Scaling.Mean[i % 2] + 4 * Scaling.Deviation[i % 2] * (random.NextDouble() - 0.5))).ToArray())];
    }

    private static OnnxTensor Batch(float[][] rows) => new("Features", rows.SelectMany(row => row).ToArray(), rows.Length, rows[0].Length);

    private IDataView View(float[][] rows, params int[] dimensions)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Vectors));
        if (dimensions.Length > 0)
            schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        return _ml.Data.LoadFromEnumerable(rows.Select(row => new Vectors { Features = row }), schema);
    }

    private sealed class Vectors
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class Counter
    {
        [VectorType(Steps)]
        public double[] Count { get; set; } = [];
    }

    private sealed class Mixed
    {
        public int Whole { get; set; }

        public bool Yes { get; set; }

        public double Fine { get; set; }

        public float Plain { get; set; }
    }
}

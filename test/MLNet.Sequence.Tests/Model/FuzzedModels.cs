using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Small models of every architecture and every task, with untrained weights.</summary>
internal static class FuzzedModels
{
    private const int Features = 2;

    // The values of a small network that replace the defaults.
    private static readonly Dictionary<string, int> SmallSizes = new()
    {
        ["HiddenSize"] = 3,
        ["Channels"] = 8,
        ["SkipChannels"] = 4,
        ["States"] = 3,
        ["Blocks"] = 2,
        ["Bottleneck"] = 2,
        ["Size"] = 4,
        ["Window"] = 4,
        ["Steps"] = 3,
        ["Season"] = 3,
        ["Lags"] = 2,
    };

    public static IReadOnlyList<SequenceModel> All { get; } =
        [.. Architecture.Names.SelectMany(name => Tasks.Select(task => (Architecture: Small(name), Task: task)))
            .Where(pair => pair.Task is not NextStep || pair.Architecture.IsCausal)
            .Select((pair, number) => Make(pair.Architecture, pair.Task, number))];

    /// <summary>A few steps of random values that the model can read.</summary>
    public static float[] Steps(SequenceModel model, int steps, RandomStream random)
    {
        int tokens = model.Task switch
        {
            SequenceRowTask task => task.Input.Tokens?.Count ?? 0,
            NextStep task => task.Input.Tokens?.Count ?? 0,
            _ => 0,
        };
        return [.. Enumerable.Range(0, steps * model.Task.DataChannels).Select(_ => tokens > 0 ? random.NextInt64(tokens) : (float)random.NextNormal())];
    }

    private static IEnumerable<SequenceTask> Tasks
    {
        get
        {
            foreach (WindowNormalization normalization in Enum.GetValues<WindowNormalization>())
            {
                yield return new Forecasting
                {
                    Targets = [new ChannelColumn("a", ["a"])],
                    Inputs = [new ChannelColumn("b", ["b"])],
                    SeriesColumnName = "series",
                    Context = 6,
                    Horizon = 3,
                    Normalization = normalization,
                };
            }

            yield return new NextStep { Input = Numbers(), Kind = StepKind.Real, LongestSequence = 9 };
            yield return new NextStep { Input = Numbers(), Kind = StepKind.MultiLabel, LongestSequence = 9 };
            yield return new NextStep { Input = Words(), Kind = StepKind.Token, LongestSequence = 9, TiedEmbedding = true };
            yield return new NextStep { Input = Words(), Kind = StepKind.Token, LongestSequence = 9, AdaptiveSoftmax = [3, 5] };
            yield return new SequenceClassification
            {
                Input = Numbers(MissingValues.Mask),
                Pooling = PoolingKind.Mean,
                LongestSequence = 9,
                Classes = 3,
                ClassValues = ["one", "two", "three"],
                ClassValueType = "String",
            };
            yield return new SequenceBinaryClassification { Input = Words(), Pooling = PoolingKind.Max, LongestSequence = 9 };
            yield return new SequenceRegression
            {
                Input = Numbers(),
                Pooling = PoolingKind.Attention,
                LongestSequence = 9,
                LabelScaling = new([1, 2], [3, 4]),
                IsVector = true
            };
            yield return new SequenceTagging
            {
                Input = Words(),
                LongestSequence = 9,
                Tags = 3,
                TagValues = ["B", "I", "O"],
                TagValueType = "String",
                Decoding = TagDecoding.Chain
            };
        }
    }

    private static SequenceInput Numbers(MissingValues missing = MissingValues.Interpolate) =>
        new() { Columns = ["Features"], Scalars = false, Features = Features, MissingValues = missing };

    private static SequenceInput Words() => new()
    {
        Columns = ["Words"],
        Scalars = false,
        Features = 1,
        Tokens = new TokenInput
        {
            Count = 7,
            Keys = true,
            Values = ["a", "b", "c", "d", "e", "f", "?"],
            ValueType = "String",
            Unknown = 6,
            EmbeddingSize = 4,
            Dropout = 0.1
        },
    };

    public static Architecture Small(string name) => name switch
    {
        "bidirectional" => new Bidirectional(new Gru { HiddenSize = 3 }),
        "ensemble" => new Ensemble(new Lstm { HiddenSize = 3 }, new Tcn { Channels = 3 }),
        "patched" => new Patched(new Gru { HiddenSize = 3 }, 4, 2),
        "truncated" => new Truncated(new StableRnn { HiddenSize = 3 }, 4),
        "composed" => new Composed(new Sequential(
            new CausalConv(4, 2, 2), new SkipSum([new Dense(4), new Sequential(new Dense(8), new Gated(GateKind.Tanh))], 4), new LayerNorm(),
            new Residual(new CausalAttention(1, 5)), new Branched(new LstmLayer(2), new LruLayer(2)), new Windowed(new RnnLayer(2), 3))),
        _ => Shrunk(name),
    };

    private static Architecture Shrunk(string name)
    {
        var json = new JsonObject { ["name"] = name };
        foreach ((string property, int size) in SmallSizes)
        {
            if (Architecture.FromName(name).GetType().GetProperty(property) is not null)
                json[JsonNamingPolicy.CamelCase.ConvertName(property)] = size;
        }

        return Architecture.Parse(json.ToJsonString());
    }

    private static SequenceModel Make(Architecture architecture, SequenceTask task, int number)
    {
        NetworkPlan network = SequenceModel.BuildNetwork(architecture, task);
        Weights weights = Initializer.Draw(network.AllWeights(), new RandomStream(number));
        int channels = task.DataChannels;
        var scaling = new ChannelScaling([.. Enumerable.Range(0, channels).Select(i => 0.5f + i)], [.. Enumerable.Range(0, channels).Select(i => 2f + i)]);
        KeyValuePair<string, ChannelScaling>[] series = task is Forecasting ? [new("x", scaling), new("y", scaling)] : [];
        return new SequenceModel(architecture, task, weights,
            new SeriesScaling(task is SequenceRowTask { Input.Tokens: null } or Forecasting ? scaling : ChannelScaling.None(channels), series), Report)
        {
            InputRange = new InputRange([.. Enumerable.Repeat(-3f, task.InputSize)], [.. Enumerable.Repeat(3f, task.InputSize)]),
        };
    }

    private static TrainingReport Report => new()
    {
        Epochs =
        [
            new EpochReport
            {
                Epoch = 1, Step = 12, Loss = 0.5, ValidationLoss = 0.25, LearningRate = 0.001, GradientNorm = 1, Seconds = 0.1, SamplesPerSecond = 100,
                Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9 },
            },
        ],
        BestEpoch = 1,
        StoppedBecause = "All 1 epochs were run.",
        Seed = 3,
        Device = "cpu",
        Threads = "1",
        TrainingExamples = 90,
        ValidationExamples = 10,
        Seconds = 0.1,
        Options = JsonSerializer.SerializeToElement(0),
        Versions = new Dictionary<string, string> { ["MLNet.Sequence"] = "0.1.0" },
    };
}

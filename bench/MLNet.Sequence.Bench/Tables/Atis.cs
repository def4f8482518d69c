using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Slots of the questions about flights of the ATIS corpus: F1 of spans by the rules of the CoNLL evaluations, on the 893 test
/// questions. All digits become one symbol, as in Mesnil et al. 2013 (Interspeech, "Investigation of recurrent-neural-network
/// architectures and learning methods for spoken language understanding"); words that occur only once are the unknown word.
/// </summary>
internal static class Atis
{
    private const string Unknown = "<unknown>";

    private static readonly string Training = DataFiles.Shared("atis", "atis-2.train.w-intent.iob.gz"),
        Validation = DataFiles.Shared("atis", "atis-2.dev.w-intent.iob.gz"), Test = DataFiles.Shared("atis", "atis.test.w-intent.iob.gz");

    public static IEnumerable<TableRow> Rows =>
    [
        Row("atis-rnn", 94.0, "94.7 (Miller and Hardt, arXiv 1805.10369, RNN)", new Rnn { HiddenSize = 128, Dropout = 0.3 }, cosine: false),
        Row("atis-lstm", 95.0, "95.1 (Miller and Hardt, arXiv 1805.10369, LSTM)", new Lstm { HiddenSize = 200, Dropout = 0.5 }, cosine: true),
        Row("atis-stable-rnn", null, "94.7 (Miller and Hardt, arXiv 1805.10369, stable RNN)", StableNetwork, cosine: false, start: 0.1),
        Row("atis-stable-lstm", null, "94.6 (Miller and Hardt, arXiv 1805.10369, stable LSTM)",
            new StableLstm { HiddenSize = 200, Dropout = 0.5, Lambda = 0.99 }, cosine: true),
        Row("atis-bilstm-crf", 95.5, "95.1 (Miller and Hardt, arXiv 1805.10369, LSTM)",
            new Bidirectional(new Lstm { HiddenSize = 100, Dropout = 0.3 }), cosine: false),
    ];

    // A contraction forgets at least by a factor of λ per step, and faster if its units are near their limits. It starts with the slowest
    // forgetting.
    private static StableRnn StableNetwork => new()
    {
        HiddenSize = 128,
        Dropout = 0.3,
        Lambda = 0.99,
        Projection = SpectralProjection.SingularValues,
        Recurrent = RecurrentInitialization.Orthogonal,
    };

    private static TableRow Row(string name, double? aim, string published, Architecture architecture, bool cosine, double? start = null) => new()
    {
        Name = name,
        Measure = "test F1 of spans, per cent",
        Aim = aim,
        HigherIsBetter = true,
        Seeds = [1, 2, 3],
        Published = published,
        Data = Training,
        Settings = "4,478 questions, 499 to validate on (one has a tag that is not in training); the tags of a question chosen together by a conditional "
            + "random field; word vectors of 100"
            + FormattableString.Invariant($"{(start is { } deviation ? $" that start from N(0, {deviation}²)" : "")}, dropout .5 ")
            + $"on them; batches of 16, 40 epochs of Adam 2e-3, {(cosine ? "by a cosine" : "halved after 3 epochs without a better validation accuracy")}; "
            + "the epoch of the best one.",
        Train = seed => Train(seed, architecture, cosine, start),
    };

    private static TableResult Train(int seed, Architecture architecture, bool cosine, double? start)
    {
        var ml = new MLContext(seed);
        Question[] train = Read(Training), valid = Read(Validation), test = Read(Test);
        TransformerChain<ValueToKeyMappingTransformer> keys = Keys(ml, train, [.. train, .. valid, .. test]);
        HashSet<string> learnt = [.. train.SelectMany(question => question.Tags)];
        IDataView View(Question[] questions) => keys.Transform(ml.Data.LoadFromEnumerable(questions));
        using SequencePredictionTransformer fitted = ml.MulticlassClassification.Trainers.SequenceTagger(architecture, new SequenceTaggerOptions
        {
            FeatureColumnName = "Words",
            LabelColumnName = "Tags",
            Tokens = new TokenOptions { EmbeddingSize = 100, Dropout = 0.5, UnknownToken = Unknown, InitialDeviation = start },
            Decoding = TagDecoding.Chain,
            ValidationSet = View([.. valid.Where(question => question.Tags.All(learnt.Contains))]),
            Training = Settings(seed, cosine),
        }).Fit(View(train));
        SequenceTagMetrics validated = ml.MulticlassClassification.EvaluateSequenceTags(fitted.Transform(View(valid)), "Tags");
        SequenceTagMetrics metrics = ml.MulticlassClassification.EvaluateSequenceTags(fitted.Transform(View(test)), "Tags", bootstrap: new BootstrapOptions());
        MemoryReport horizon = ml.Sequence.MeasureMemory(
            fitted, View(test), new MemoryOptions { Examples = test.Length, LabelColumnName = "Tags", Steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] });
        return new TableResult(100 * metrics.F1, fitted.Model, new Dictionary<string, double>
        {
            ["validF1"] = 100 * validated.F1,
            // The factor of the scores that the conditional random field decodes.
            ["lambda"] = (fitted.Model.Certificate.Emissions ?? fitted.Model.Certificate).Lambda ?? double.NaN,
            ["stepsFor1Percent"] = horizon.Steps,
            ["stepsFor1PercentLow"] = horizon.StepsLow,
            ["stepsFor1PercentHigh"] = horizon.StepsHigh,
            ["precision"] = 100 * metrics.Precision,
            ["recall"] = 100 * metrics.Recall,
            ["tokenAccuracy"] = 100 * metrics.TokenAccuracy,
            ["f1Low95"] = 100 * metrics.Intervals[nameof(SequenceTagMetrics.F1)].Low,
            ["f1High95"] = 100 * metrics.Intervals[nameof(SequenceTagMetrics.F1)].High,
        });
    }

    private static TrainingOptions Settings(int seed, bool cosine) => new()
    {
        Epochs = 40,
        BatchSize = 16,
        LearningRate = 2e-3,
        // The same number for all.
        Patience = null,
        Monitor = "accuracy",
        Schedule = cosine ? new CosineSchedule() : new PlateauSchedule { Patience = 3 },
        Seed = seed,
        Threads = 1,
        Progress = new EpochLines(),
    };

    // Tags that occur only in the other files need a key, to be counted as errors.
    private static TransformerChain<ValueToKeyMappingTransformer> Keys(MLContext ml, Question[] train, Question[] all)
    {
        string[] words = [Unknown, .. train.SelectMany(question => question.Words).GroupBy(word => word).Where(group => group.Count() > 1)
            .Select(group => group.Key)];
        IDataView known = ml.Data.LoadFromEnumerable(
            new[] { new Question { Words = words, Tags = [.. all.SelectMany(question => question.Tags).Distinct()] } });
        return ml.Transforms.Conversion.MapValueToKey("Words").Append(ml.Transforms.Conversion.MapValueToKey("Tags")).Fit(known);
    }

    // BOS w1 … wn EOS, a tab, O t1 … tn and the intent, which is not the tag of a word.
    private static Question[] Read(string path)
    {
        using var reader = new StreamReader(DataFiles.OpenGzip(path));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(parts => new Question
        {
            Words = [.. Parts(parts[0])[1..^1].Select(word => string.Concat(word.Select(letter => char.IsDigit(letter) ? '0' : letter)))],
            Tags = Parts(parts[1])[1..^1],
        })];
    }

    private static string[] Parts(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private sealed class Question
    {
        public string[] Words { get; set; } = [];

        public string[] Tags { get; set; } = [];
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Captions of the Multi30k data set (Elliott et al., arXiv 1605.00459), from text alone: BLEU on test_2016_flickr of the epoch with the best validation
/// loss. The words are those of sacreBLEU's rules 13a; those that occur once are the unknown word. A row can be made in parts: its checkpoints are in
/// out/table, and a limit counts the time of all parts.
/// </summary>
internal static class Multi30k
{
    // One sign, which BLEU does not take apart.
    private const string Unknown = "⁇";

    private const int Vectors = 256, Threads = 2;

    // Of a row, on two cores.
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(90);

    private static readonly Form[] Forms =
    [
        new("", "English to German, lower-cased", "en", "de", LowerCase: true),
        new("-de-en", "German to English, lower-cased", "de", "en", LowerCase: true),
        new("-cased", "English to German, cased", "en", "de", LowerCase: false),
    ];

    /// <param name="limit">The time of training, over all parts; null: 90 minutes.</param>
    public static IEnumerable<TableRow> Rows(TimeSpan? limit) => Forms.SelectMany(form => (TableRow[])
    [
        Row("attention-rnn", form, (34, "about 38 (recurrent with attention)"), new AttentionRnn { HiddenSize = 256, Dropout = 0.3 }, limit),
        Row("gnmt", form, (34, "about 38 (recurrent with attention)"), new Gnmt { HiddenSize = 256, Layers = 2, Dropout = 0.3 }, limit),
        Row("conv-seq2-seq", form, (35, "none"), new ConvSeq2Seq { Channels = 256, Layers = 3, Dropout = 0.2 }, limit),
        Row("transformer", form, (37, "about 41 (tiny transformers)"),
            new EncoderDecoderTransformer { Channels = 128, Layers = 4, Heads = 4, FeedForward = 256, Dropout = 0.3 }, limit),
    ]);

    private static TableRow Row(string name, Form form, (double Aim, string Published) known, EncoderDecoder architecture, TimeSpan? limit) => new()
    {
        Name = $"multi30k-{name}{form.Suffix}",
        Measure = $"test BLEU, {form.Text}",
        Aim = form.Suffix.Length == 0 ? known.Aim : null,
        HigherIsBetter = true,
        InParts = true,
        Threads = Threads,
        Published = form.Suffix.Length == 0 ? known.Published : "none for this form",
        Data = PathOf("train", "en"),
        Settings = FormattableString.Invariant($"29,000 pairs, 1,014 to validate on; words that occur twice, vectors of {Vectors} that target and output ")
            + "share, dropout .3 on them; label smoothing .1; batches of at most 1,500 steps; Adam 1e-3, the rate by the inverse root after 500 steps; the "
            + "epoch of the best validation loss; a beam of 5 with a length penalty of .6.",
        Train = seed => Train(seed, $"multi30k-{name}{form.Suffix}", form, architecture, limit ?? Budget),
    };

    private static TableResult Train(int seed, string name, Form form, EncoderDecoder architecture, TimeSpan limit)
    {
        var ml = new MLContext(seed);
        Pair[] train = Read("train", form), valid = Read("val", form);
        TransformerChain<ValueToKeyMappingTransformer> source = Keys(ml, "Source", new Pair { Source = Words(train.Select(pair => pair.Source)) }),
            target = Keys(ml, "Target", new Pair { Target = Words(train.Select(pair => pair.Target)) });
        IDataView View(Pair[] pairs) => target.Transform(source.Transform(ml.Data.LoadFromEnumerable(pairs)));
        string checkpoints = Path.Combine(DataFiles.Repository, "out", "table", $"{name}-checkpoints");
        using SequenceToSequenceTransformer fitted = ml.Sequence.Trainers.SequenceToSequence(architecture, new SequenceToSequenceOptions
        {
            SourceTokens = new TokenOptions { EmbeddingSize = Vectors, Dropout = 0.3, UnknownToken = Unknown },
            Sharing = EmbeddingSharing.TargetAndOutput,
            LabelSmoothing = 0.1,
            StepsPerBatch = 1500,
            Search = new SequenceSearch { Width = 5 },
            ValidationSet = View(valid),
            Training = new TrainingOptions
            {
                Epochs = 60,
                Patience = 6,
                LearningRate = 1e-3,
                Schedule = new InverseRootSchedule { WarmUpSteps = 500 },
                Seed = seed,
                Threads = Threads,
                MaxTime = limit,
                Checkpoints = new CheckpointOptions { Directory = checkpoints },
                ResumeFrom = checkpoints,
                Progress = new EpochLines(),
            },
        }).Fit(View(train));
        SequenceToSequenceMetrics Measure(Pair[] pairs, BootstrapOptions? bootstrap = null) =>
            Evaluate(ml, source.Append(fitted), pairs, form.LowerCase ? BleuTokens.AsGiven : BleuTokens.Rules13a, bootstrap);
        SequenceToSequenceMetrics test = Measure(Read("test_2016_flickr", form), new BootstrapOptions());
        Console.Write(test);
        return new TableResult(test.Bleu, fitted.Model, new Dictionary<string, double>
        {
            ["validBleu"] = Measure(valid).Bleu,
            ["bleuLow95"] = test.Intervals[nameof(SequenceToSequenceMetrics.Bleu)].Low,
            ["bleuHigh95"] = test.Intervals[nameof(SequenceToSequenceMetrics.Bleu)].High,
            ["chrF2"] = test.ChrF,
            ["exactMatch"] = test.ExactMatch,
            ["bleuOf2017"] = Measure(Read("test_2017_flickr", form)).Bleu,
        });
    }

    // The words of the test file themselves: those that the model does not know are errors.
    private static SequenceToSequenceMetrics Evaluate(
        MLContext ml, TransformerChain<SequenceToSequenceTransformer> chain, Pair[] pairs, BleuTokens words, BootstrapOptions? bootstrap)
    {
        IDataView scored = chain.Transform(ml.Data.LoadFromEnumerable(pairs));
        IDataView found = ml.Transforms.Conversion.MapKeyToValue("Words", "PredictedSequence").Fit(scored).Transform(scored);
        IDataView compared = ml.Data.LoadFromEnumerable(
            pairs.Zip(found.GetColumn<string[]>("Words"), (pair, predicted) => new { pair.Target, PredictedSequence = predicted }));
        return ml.Sequence.EvaluateSequences(compared, words: words, bootstrap: bootstrap);
    }

    private static TransformerChain<ValueToKeyMappingTransformer> Keys(MLContext ml, string column, Pair known) =>
        new EstimatorChain<ITransformer>().Append(ml.Transforms.Conversion.MapValueToKey(
            column, maximumNumberOfKeys: Math.Max(known.Source.Length, known.Target.Length))).Fit(ml.Data.LoadFromEnumerable(new[] { known }));

    private static string[] Words(IEnumerable<string[]> sentences) =>
    [
        Unknown,
        .. sentences.SelectMany(words => words).CountBy(word => word).Where(one => one.Value > 1).Select(one => one.Key).Order(StringComparer.Ordinal),
    ];

    private static Pair[] Read(string part, Form form) => [.. Lines(PathOf(part, form.Source)).Zip(Lines(PathOf(part, form.Target)), (source, target) =>
        new Pair { Source = Tokens(source, form), Target = Tokens(target, form) })];

    private static string[] Tokens(string line, Form form) => Tokens13a.Of(form.LowerCase ? line.ToLowerInvariant() : line);

    private static string[] Lines(string path)
    {
        using var reader = new StreamReader(DataFiles.OpenGzip(path));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string PathOf(string part, string language) => DataFiles.Shared("multi30k", $"{part}.{language}.gz");

    private sealed record Form(string Suffix, string Text, string Source, string Target, bool LowerCase);

    private sealed class Pair
    {
        public string[] Source { get; set; } = [];

        public string[] Target { get; set; } = [];
    }
}

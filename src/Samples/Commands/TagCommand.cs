using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>tag: trains architectures to tag each word of a sentence, and measures them on test sentences.</summary>
internal sealed class TagCommand(Terminal terminal)
{
    private const int Shown = 8;

    // The part of the training sentences that is kept for early stopping if no others are given.
    private const double Validated = 0.1;

    private readonly Option<string?> _train = Sentences("--train", "Tagged sentences to train on: one per line, with words, a tab and tags; or "
        + "one word per line, as in CoNLL files; each also as .gz. [default: questions about flights, which come with the program]");
    private readonly Option<string?> _valid = Sentences("--valid", "Sentences to validate on. [default: a tenth of the training sentences]");
    private readonly Option<string?> _test = Sentences("--test", "Sentences to measure on.");
    private readonly Option<int> _embedding = NumberOption.Whole("--embedding", "Channels of a word's vector.", 64);
    private readonly Option<double?> _dropout = NumberOption.RealOrNone("--embedding-dropout", "Rate of dropout on words' vectors. [default: 0.3]");
    private readonly Option<int> _rare = NumberOption.Whole(
        "--rare", "Words that occur less often in the training sentences are replaced by one unknown word.", 2);
    private readonly Option<TagDecoding> _decoding =
        new("--decoding")
        {
            Description = "How the tags of a sentence are chosen: each step alone, or all together by a conditional random field.",
            DefaultValueFactory = _ => TagDecoding.Chain
        };
    private readonly Option<bool> _balanced =
        new("--balanced") { Description = "Every tag has the same total weight, however rare it is. Needs --decoding Steps." };
    private readonly Option<double?> _focal = NumberOption.RealOrNone(
        "--focal", "Gamma of the focal loss: steps that are already classified well count less. Needs --decoding Steps. [default: 0, cross-entropy]");
    private readonly FormatOptions _format = new();
    private readonly TaskOptions _task = new("lstm,bidirectional",
        new TrainingDefaults { Epochs = 30, QuickEpochs = 8, BatchSize = 16, LearningRate = 2e-3, QuickLearningRate = 4e-3, Patience = 8 });

    public Command Describe()
    {
        var command = new Command("tag", "Trains architectures to tag the words of sentences, and measures them. The rules are those of the CoNLL "
            + "evaluations; tagged sentences are printed.");
        foreach (Option option in new Option[] { _train, _valid, _test, _embedding, _dropout, _rare, _decoding, _balanced, _focal }.Concat(
            _format.All).Concat(_task.All))
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? path = parsed.GetValue(_train);
        if (path is null != parsed.GetValue(_test) is null || path is null && parsed.GetValue(_valid) is not null)
            throw new UserError("--train and --test go together: sentences to train on, and others to measure on.");
        if ((parsed.GetValue(_balanced) || parsed.GetValue(_focal) > 0) && parsed.GetValue(_decoding) == TagDecoding.Chain)
            throw new UserError("--balanced and --focal weight single steps, which a conditional random field cannot do: they need --decoding Steps.");
        TaskPlan plan = _task.Read(parsed);
        FileFormat format = _format.Read(parsed);
        IReadOnlyList<TaggedSentence> Read(Option<string?> option, string shipped) =>
            TaggedFile.Read(parsed.GetValue(option) ?? ShippedData.At($"flight-questions-{shipped}.tsv.gz"), option.Name, format.Encoding,
                note => terminal.ShowNotes([note]));
        IReadOnlyList<TaggedSentence> train = Read(_train, "train"), test = Read(_test, "test");
        TaggedSentence[]? valid = path is null || parsed.GetValue(_valid) is not null ? Learnable(Read(_valid, "valid"), train) : null;
        string[] words = Vocabulary.Of(train.SelectMany(sentence => sentence.Words), parsed.GetValue(_rare));
        // Tags that only the test file has count as errors; they need a key to be counted.
        string[] tags = [.. train.Concat(test).SelectMany(sentence => sentence.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        terminal.Output.WriteLine(
            $"{train.Count} sentences to train on, {valid?.Length ?? 0} to validate on, {test.Count} to measure on; {words.Length} words, {tags.Length} tags");

        var run = new TaskRun(terminal, plan);
        TransformerChain<ValueToKeyMappingTransformer> keys = Vocabulary.Keys(run.Ml,
            run.Ml.Data.LoadFromEnumerable(new[] { new TaggedSentence { Words = words, Tags = tags } }), ("Words", words.Length), ("Tags", tags.Length));
        IDataView View(IEnumerable<TaggedSentence> sentences) => keys.Transform(run.Ml.Data.LoadFromEnumerable(sentences));
        SequenceTaggerOptions options = Options(parsed) with
        {
            ValidationSet = valid is null ? null : View(valid),
            SamplingKeyColumnName = valid is null ? Documents(train) : null,
        };
        return run.Run((architecture, files) =>
        {
            using SequencePredictionTransformer fitted = run.Fit(architecture, training => run.Ml.MulticlassClassification.Trainers
                .SequenceTagger(architecture, options with { Training = training with { Monitor = "accuracy", ValidationFraction = Validated } })
                    .Fit(View(train)));
            IDataView scored = fitted.Transform(View(test));
            SequenceTagMetrics metrics = run.Ml.MulticlassClassification.EvaluateSequenceTags(scored, "Tags");
            terminal.Output.Write($"{architecture.Name}: {metrics}");
            Print(architecture.Name, test, run.Ml.Transforms.Conversion.MapKeyToValue("Text", "PredictedLabels").Fit(scored).Transform(scored));
            return run.Finish(keys.Append(fitted), fitted.Model, run.Ml.Data.LoadFromEnumerable(train).Schema, files, new Dictionary<string, double>
            {
                ["accuracy"] = metrics.TokenAccuracy,
                ["f1"] = metrics.F1,
                ["precision"] = metrics.Precision,
                ["recall"] = metrics.Recall,
            });
        });
    }

    // Sentences of one document resemble each other: where the file marks documents, they are kept together.
    private string? Documents(IEnumerable<TaggedSentence> train)
    {
        int documents = train.Select(sentence => sentence.Document).Distinct().Count();
        if (documents == 1)
            return null;
        terminal.Output.WriteLine($"{documents} documents to train on; validation uses whole documents");
        return nameof(TaggedSentence.Document);
    }

    // A tagger does not validate on tags that it cannot learn.
    private TaggedSentence[] Learnable(IReadOnlyList<TaggedSentence> valid, IEnumerable<TaggedSentence> train)
    {
        HashSet<string> known = [.. train.SelectMany(sentence => sentence.Tags)];
        string[] unknown = [.. valid.SelectMany(sentence => sentence.Tags).Distinct(StringComparer.Ordinal).Where(tag => !known.Contains(tag))
            .Order(StringComparer.Ordinal)];
        TaggedSentence[] kept = [.. valid.Where(sentence => sentence.Tags.All(known.Contains))];
        if (kept.Length == 0)
            throw new UserError($"--valid: every sentence has a tag that no sentence of --train has: {string.Join(", ", unknown)}.");
        if (kept.Length < valid.Count)
            terminal.Output.WriteLine($"{valid.Count - kept.Length} of {valid.Count} sentences to validate on are left out, since no training sentence "
                + $"has their tags {string.Join(", ", unknown)}");
        return kept;
    }

    private SequenceTaggerOptions Options(ParseResult parsed) => new()
    {
        LabelColumnName = "Tags",
        FeatureColumnName = "Words",
        Tokens = new TokenOptions
        {
            EmbeddingSize = parsed.GetValue(_embedding),
            Dropout = parsed.GetValue(_dropout) ?? 0.3,
            UnknownToken = Vocabulary.Unknown,
        },
        Decoding = parsed.GetValue(_decoding),
        ClassWeights = parsed.GetValue(_balanced) ? ClassWeights.Balanced : ClassWeights.None,
        FocalGamma = parsed.GetValue(_focal) ?? 0,
    };

    private void Print(string name, IReadOnlyList<TaggedSentence> sentences, IDataView tagged)
    {
        terminal.Output.WriteLine($"{name} on sentences of the test file:");
        foreach ((TaggedSentence sentence, string[] tags) in sentences.Zip(tagged.GetColumn<string[]>("Text")).Take(Shown))
            terminal.Output.WriteLine(TaggedText.Line(sentence.Words, tags));
    }

    private static Option<string?> Sentences(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}

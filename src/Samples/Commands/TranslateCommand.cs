using System.CommandLine;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Text;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>translate: trains encoder–decoders on sentences and their translations, and measures them on test sentences.</summary>
internal sealed class TranslateCommand(Terminal terminal)
{
    // Translated sentences that are printed.
    private const int Shown = 5;

    private readonly Option<string[]> _train = Files("--train", "Sentences to train on, and their translations: two text files, also as .gz, with one "
        + "sentence in a line, the same line in both. [default: 900 made sentences in English and German, which come with the program]");
    private readonly Option<string[]> _valid = Files("--valid", "Sentences to validate on, and their translations.");
    private readonly Option<string[]> _test = Files("--test", "Sentences to measure on, and their translations.");
    private readonly Option<int> _embedding = NumberOption.Whole("--embedding", "Channels of a word's vector.", 64);
    private readonly Option<double?> _dropout = NumberOption.RealOrNone("--embedding-dropout", "Rate of dropout on words' vectors. [default: 0.2]");
    private readonly Option<int> _rare = NumberOption.Whole(
        "--rare", "Words that occur less often in the training sentences are replaced by one unknown word.", 2);
    private readonly Option<int?> _bytePairs = NumberOption.WholeOrNone("--byte-pairs", "Reads and writes the text itself instead of words, as byte pairs: "
        + "the largest number of merges that are learnt from the training sentences, on each side. [default: words]");
    private readonly Option<bool> _lowerCase = new("--lower-case") { Description = "Capital letters become small ones, in all files." };
    private readonly Option<double?> _smoothing = NumberOption.RealOrNone(
        "--label-smoothing", "The share of probability that training spreads over all words. [default: 0.1]");
    private readonly Option<int> _beam = NumberOption.Whole("--beam", "Beginnings of a translation that the search keeps.", 4);
    private readonly Option<double?> _length = NumberOption.RealOrNone("--length-penalty", "Above 0, longer translations rank higher. [default: 0.6]");
    private readonly Option<double?> _coverage = NumberOption.RealOrNone(
        "--coverage-penalty", "Above 0, translations that leave words of the source out rank lower. [default: 0]");
    private readonly FormatOptions _format = new();
    private readonly TaskOptions _task = new("attention-rnn,encoder-decoder-transformer",
        new TrainingDefaults { Epochs = 40, QuickEpochs = 15, LearningRate = 2e-3, QuickLearningRate = 4e-3, Patience = 8 }, pairs: true);

    public Command Describe()
    {
        var command = new Command("translate", "Trains encoder-decoders to translate sentences, and measures them. The measures are BLEU and chrF with the "
            + "rules of sacreBLEU; translations are printed, and what the model attends to is drawn.");
        foreach (Option option in (IEnumerable<Option>)[_train, _valid, _test, _embedding, _dropout, _rare, _bytePairs, _lowerCase, _smoothing, _beam,
            _length, _coverage, .. _format.All, .. _task.All])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        Option<string[]>[] named = [.. new[] { _train, _valid, _test }.Where(option => parsed.GetValue(option) is { Length: > 0 })];
        if (named.Length is 1 or 2)
            throw new UserError("--train, --valid and --test go together; each names a file of sentences and a file of their translations.");
        if (parsed.GetValue(_bytePairs) is not null && parsed.GetResult(_rare) is { Implicit: false })
            throw new UserError("--rare is for words; --byte-pairs has no unknown ones: give one of them.");
        TaskPlan plan = _task.Read(parsed);
        SentencePair[] train = Read(parsed, _train, "train"), valid = Read(parsed, _valid, "valid"), test = Read(parsed, _test, "test");
        var run = new TaskRun(terminal, plan);
        SentenceForm form = parsed.GetValue(_bytePairs) is { } merges
            ? new SentenceText(run.Ml, train, merges)
            : new SentenceWords(run.Ml, train, parsed.GetValue(_rare));
        terminal.Output.WriteLine($"{train.Length} pairs to train on, {valid.Length} to validate on, {test.Length} to measure on; {form.Vocabulary}");
        SequenceToSequenceOptions options = Options(parsed, form) with { ValidationSet = form.View(valid) };
        return run.Run((architecture, files) =>
        {
            using SequenceToSequenceTransformer fitted = run.Fit(architecture, training => run.Ml.Sequence.Trainers.SequenceToSequence(
                (EncoderDecoder)architecture, options with { Training = training }).Fit(form.View(train)));
            string[] translated = form.Translate(fitted, test);
            SequenceToSequenceMetrics metrics = run.Ml.Sequence.EvaluateSequences(Compared(run.Ml, form, test, translated));
            terminal.Output.Write($"{architecture.Name}: {metrics}");
            Print(architecture.Name, form, translated, test);
            Draw(files.For(run.Place($"attention-{architecture.Name}.svg")), fitted.Model, form.Read(fitted.Model, form.Said(test[0]).Source));
            return run.Finish(form.Chain(fitted), fitted.Model, form.Rows(train).Schema, files, new Dictionary<string, double>
            {
                ["bleu"] = metrics.Bleu,
                ["chrF"] = metrics.ChrF,
                ["exactMatch"] = metrics.ExactMatch,
                ["tokenAccuracy"] = metrics.TokenAccuracy,
            });
        });
    }

    private SentencePair[] Read(ParseResult parsed, Option<string[]> option, string shipped)
    {
        string[] files = parsed.GetValue(option) is { Length: 2 } given
            ? given
            : [ShippedData.At($"translations-{shipped}.en.gz"), ShippedData.At($"translations-{shipped}.de.gz")];
        return SentencePairs.Read((files[0], files[1]), option.Name, (_format.Read(parsed).Encoding, parsed.GetValue(_lowerCase)),
            note => terminal.ShowNotes([note]));
    }

    private SequenceToSequenceOptions Options(ParseResult parsed, SentenceForm form)
    {
        (TokenOptions source, TokenOptions target) = form.Tokens(parsed.GetValue(_embedding), parsed.GetValue(_dropout) ?? 0.2);
        return new SequenceToSequenceOptions
        {
            SourceTokens = source,
            TargetTokens = target,
            LabelSmoothing = parsed.GetValue(_smoothing) ?? 0.1,
            Search = new SequenceSearch
            {
                Width = parsed.GetValue(_beam),
                LengthPenalty = parsed.GetValue(_length) ?? 0.6,
                CoveragePenalty = parsed.GetValue(_coverage) ?? 0,
            },
        };
    }

    // The words of the test file themselves: those that the model does not know are errors.
    private static IDataView Compared(MLContext ml, SentenceForm form, SentencePair[] test, string[] translated) => ml.Data.LoadFromEnumerable(
        test.Zip(translated, (pair, found) => new { form.Said(pair).Target, PredictedSequence = found }));

    private void Print(string name, SentenceForm form, string[] translated, SentencePair[] test)
    {
        terminal.Output.WriteLine($"{name} translates sentences of the test file:");
        foreach ((string found, SentencePair pair) in translated.Zip(test).Take(Shown))
        {
            (string source, string target) = form.Said(pair);
            terminal.Output.WriteLine($"  {source}");
            terminal.Output.WriteLine($"    {found}");
            if (found != target)
                terminal.Output.WriteLine($"    ({target})");
        }
    }

    private static void Draw(string path, SequenceModel model, (ShownTokens Source, ShownTokens Target) tokens)
    {
        IReadOnlyList<float[]> attention = model.TargetAttention([.. tokens.Source.Indices.Select(token => (double)token)], tokens.Target.Indices);
        AttentionPlot.Draw(path, model.Architecture.Name, tokens.Source.Shown, tokens.Target.Shown, attention);
    }

    private static Option<string[]> Files(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SOURCE TARGET",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Text;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>language: trains language models on a text, measures them on another text, and lets them write.</summary>
internal sealed class LanguageCommand(Terminal terminal)
{
    // Tokens per row. Where the text is cut does not matter, since it continues from row to row.
    private const int RowLength = 2048;

    // How many tokens of the program's own text are read with --quick.
    private const int QuickTokens = 300_000;

    private readonly Option<string?> _train = File("--train",
        "The training text; gzipped if its name ends in .gz. [default: 1.1 million characters of Shakespeare; nine tenths are trained on]");
    private readonly Option<string?> _valid = File("--valid", "The validation text. [default: a twentieth of the training text, at its end]");
    private readonly Option<string?> _test = File("--test", "The test text. [default: the last twentieth of the training text]");
    private readonly Option<TextLevel> _level = new("--level")
    {
        Description = "What a token is: a word between spaces, or a character.",
        HelpName = "word|char",
        DefaultValueFactory = _ => TextLevel.Char
    };
    private readonly Option<int> _embedding = NumberOption.Whole("--embedding", "Channels of a token's vector.", 64);
    private readonly Option<int> _steps = NumberOption.Whole("--steps", "Tokens per chunk: gradients flow back through this many.", 100);
    private readonly Option<int> _length = NumberOption.Whole("--length", "Tokens that each model writes after training.", 500);
    private readonly Option<double?> _temperature = NumberOption.RealOrNone(
        "--temperature", "Randomness of sampling: 0 always takes the most likely token. [default: 0.8]");
    private readonly FormatOptions _format = new();
    private readonly TaskOptions _task = new(
        "lstm,tcn", new TrainingDefaults { Epochs = 10, QuickEpochs = 4, LearningRate = 3e-3, QuickLearningRate = 5e-3 }, causal: true);

    public Command Describe()
    {
        var command = new Command("language", "Trains language models on a text, measures how well they predict another text, and lets each continue it.");
        foreach (Option option in (IEnumerable<Option>)[_train, _valid, _test, _level, _embedding, _steps, _length, _temperature, .. _format.All, .. _task.All])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        TaskPlan plan = _task.Read(parsed);
        TextLevel level = parsed.GetValue(_level);
        (string[] train, string[] valid, string[] test) = Texts(parsed, level, plan.Training.Quick);
        var run = new TaskRun(terminal, plan);
        IDataView View(string[] tokens) => run.Ml.Data.LoadFromEnumerable(tokens.Chunk(RowLength).Select(part => new TextRow { Tokens = part }));
        ValueToKeyMappingTransformer keys = run.Ml.Transforms.Conversion.MapValueToKey("Tokens").Fit(View(train));
        IDataView validRows = keys.Transform(View(valid)), testRows = keys.Transform(View(test));
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{train.Length:N0} {(level == TextLevel.Word ? "words and line ends" : "tokens")} to train on, {train.Distinct().Count():N0} different "
                + $"ones; {valid.Length:N0} to validate on, {test.Length:N0} to test on"));
        var writing = new GenerationOptions
        {
            MaxLength = parsed.GetValue(_length),
            Temperature = parsed.GetValue(_temperature) ?? 0.8,
            BannedTokens = [TextSource.Unknown],
            Seed = plan.Training.Seed,
        };
        return run.Run((architecture, files) =>
        {
            using NextStepTransformer fitted = run.Fit(architecture, training => run.Ml.Sequence.Trainers.NextStep(architecture, new NextStepOptions
            {
                Kind = StepKind.Token,
                FeatureColumnName = "Tokens",
                Tokens = new TokenOptions { EmbeddingSize = parsed.GetValue(_embedding), UnknownToken = TextSource.Unknown },
                ContinuousText = true,
                ValidationSet = validRows,
                Training = training with { BackpropSteps = parsed.GetValue(_steps) },
            }).Fit(keys.Transform(View(train))));
            NextStepMetrics onValid = run.Ml.Sequence.EvaluateContinuousText(fitted.Model, validRows);
            NextStepMetrics onTest = run.Ml.Sequence.EvaluateContinuousText(fitted.Model, testRows);
            string written = Write(fitted, test, level, writing);
            System.IO.File.WriteAllText(files.For(run.Place($"{architecture.Name}.txt")), written);
            terminal.Output.WriteLine($"--- {architecture.Name} writes:{Environment.NewLine}{written}{Environment.NewLine}---");
            return run.Finish(new TransformerChain<ITransformer>(keys, fitted), fitted.Model, View(train).Schema, files,
                Scores(level, (onValid, valid), (onTest, test)));
        });
    }

    private static Dictionary<string, double> Scores(
        TextLevel level, (NextStepMetrics Metrics, string[] Tokens) valid, (NextStepMetrics Metrics, string[] Tokens) test)
    {
        var scores = new Dictionary<string, double> { ["validPerplexity"] = valid.Metrics.Perplexity, ["testPerplexity"] = test.Metrics.Perplexity };
        if (level == TextLevel.Word)
            (scores["validBitsPerWord"], scores["testBitsPerWord"]) = (valid.Metrics.BitsPerToken, test.Metrics.BitsPerToken);
        // For words too: bits per character can be compared between words and characters. The bits of a word are divided by its characters.
        double PerCharacter(NextStepMetrics metrics, string[] tokens) => metrics.BitsPerToken * metrics.Steps / TextSource.Characters(tokens, level);
        scores["validBitsPerCharacter"] = PerCharacter(valid.Metrics, valid.Tokens);
        scores["testBitsPerCharacter"] = PerCharacter(test.Metrics, test.Tokens);
        return scores;
    }

    private (string[] Train, string[] Valid, string[] Test) Texts(ParseResult parsed, TextLevel level, bool quick)
    {
        string? path = parsed.GetValue(_train);
        Encoding? encoding = _format.Read(parsed).Encoding;
        string[] text = TextSource.Read(path ?? TextSource.Shipped, level, encoding: encoding);
        if (quick && path is null)
            text = text[..Math.Min(text.Length, QuickTokens)];
        string? validPath = parsed.GetValue(_valid), testPath = parsed.GetValue(_test);
        int part = text.Length / 20, end = text.Length;
        string[] Own()
        {
            end -= part;
            return text[end..(end + part)];
        }

        string[] test = testPath is null ? Own() : TextSource.Read(testPath, level, "--test", encoding);
        string[] valid = validPath is null ? Own() : TextSource.Read(validPath, level, "--valid", encoding);
        return Math.Min(valid.Length, test.Length) >= 2
            ? (text[..end], valid, test)
            : throw new UserError($"--train: the text has {text.Length} tokens, too few to split; give --valid and --test.");
    }

    // Continues the first tokens of the test text.
    private static string Write(NextStepTransformer fitted, string[] test, TextLevel level, GenerationOptions options)
    {
        string[] prompt = test[..Math.Min(test.Length, level == TextLevel.Char ? 100 : 20)];
        return TextSource.Join([.. prompt, .. fitted.Model.Generate(prompt, options)], level);
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}

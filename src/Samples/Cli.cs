using System.CommandLine;
using System.CommandLine.Help;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Samples.Studio;

namespace MLNet.Sequence.Samples;

/// <summary>The command line: parses, runs, and turns errors into one message and an exit code.</summary>
internal static class Cli
{
    public const int Success = 0;
    public const int Problem = 1;
    public const int UserMistake = 2;
    public const int Interrupted = 130;

    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        try
        {
            var terminal = new Terminal(output, error, cancellation);
            var file = new RunFile();
            RootCommand root = Build(terminal, file);
            ParseResult parsed = file.Parse(root, args, note => terminal.ShowNotes([note]));
            if (parsed.Errors.Count > 0)
                throw new UserError(string.Join(Environment.NewLine,
                    parsed.Errors.Select(problem => problem.Message + Nearest(parsed, problem.Message)).Append("--help lists the commands and options.")));
            file.MustTake(parsed);
            int code = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
            if (code == Success)
                file.Save(parsed, output);
            return code;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            error.WriteLine("Interrupted; no results were written.");
            return Interrupted;
        }
        catch (Exception exception) when (Mistake(exception) is { } message)
        {
            error.WriteLine(message);
            return UserMistake;
        }
    }

    /// <summary>The commands and their options.</summary>
    internal static RootCommand Build(Terminal terminal, RunFile? file = null)
    {
        var compare = new CompareCommand(terminal);
        var root = new RootCommand(
            "Trains sequence models on time series (compared with naive forecasts), labels, texts, translations and music. Without a command: compare.")
        {
            compare.Describe(),
            new ForecastCommand(terminal).Describe(),
            new BacktestCommand(terminal).Describe(),
            new TuneCommand(terminal).Describe(),
            new ClassifyCommand(terminal).Describe(),
            new TagCommand(terminal).Describe(),
            new LearningRateCommand(terminal).Describe(),
            new ExportCommand(terminal).Describe(),
            new LanguageCommand(terminal).Describe(),
            new TranslateCommand(terminal).Describe(),
            new MusicCommand(terminal).Describe(),
            new SpeechCommand(terminal).Describe(),
            new TruncateCommand(terminal).Describe(),
            new StudioCommand(terminal).Describe(),
            new DoctorCommand(terminal).Describe(),
            new CompletionCommand(terminal).Describe(),
        };
        compare.AddTo(root);
        (file ?? new RunFile()).AddTo(root);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new Screen((HelpAction)help.Action!);
        return root;
    }

    // The nearest name, for the option or the command that the message is about.
    private static string Nearest(ParseResult parsed, string message)
    {
        Command command = parsed.CommandResult.Command;
        string? wrong = parsed.UnmatchedTokens.FirstOrDefault(token => message.Contains($"'{token}'", StringComparison.Ordinal));
        IEnumerable<string> names = wrong is null ? []
            : wrong.StartsWith("--", StringComparison.Ordinal) ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options)
                .Where(option => option.Recursive)).Select(option => option.Name)
            : wrong == parsed.UnmatchedTokens[0] ? command.Subcommands.Select(one => one.Name) : [];
        return wrong is not null && NearestNames.Of(wrong, names).FirstOrDefault() is { } nearest ? $" The nearest name is '{nearest}'." : "";
    }

    /// <summary>The message for an error in the user's input; null for a fault of the program, which shows its stack trace.</summary>
    internal static string? Mistake(Exception exception) => exception switch
    {
        UserError or FormatException or InvalidOperationException or IOException or UnauthorizedAccessException => exception.Message,
        ArgumentNullException => null,
        ArgumentException { ParamName: { } name } => exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        ArgumentException => exception.Message,
        _ => null,
    };
}

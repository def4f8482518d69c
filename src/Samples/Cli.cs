using System.CommandLine;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Samples.Studio;

namespace MLNet.Sequence.Samples;

/// <summary>The command line: parses, runs, and turns errors into one message and an exit code.</summary>
internal static class Cli
{
    public const int Success = 0;
    public const int UserMistake = 2;
    public const int Interrupted = 130;

    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        try
        {
            ParseResult parsed = Build(new Terminal(output, error, cancellation)).Parse(args);
            if (parsed.Errors.Count > 0)
                throw new UserError(string.Join(Environment.NewLine,
                    parsed.Errors.Select(problem => problem.Message).Append("--help lists the commands and options.")));
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
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
    internal static RootCommand Build(Terminal terminal)
    {
        var compare = new CompareCommand(terminal);
        var forecast = new ForecastCommand(terminal);
        var root = new RootCommand(
            "Trains sequence models on time series in CSV files (compared with naive forecasts), on texts and on music. Without a command: compare.")
        {
            compare.Describe(),
            forecast.Describe(),
            new BacktestCommand(terminal).Describe(),
            new ClassifyCommand(terminal).Describe(),
            new TagCommand(terminal).Describe(),
            new LearningRateCommand(terminal).Describe(),
            new ExportCommand(terminal).Describe(),
            new LanguageCommand(terminal).Describe(),
            new MusicCommand(terminal).Describe(),
            new TruncateCommand(terminal).Describe(),
            new StudioCommand(terminal).Describe(),
        };
        compare.AddTo(root);
        return root;
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

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;

namespace MLNet.Sequence.Samples;

/// <summary>What --help shows of the program: one screen, without the options of its commands. Of a command it shows all options.</summary>
/// <param name="options">The help of a command.</param>
internal sealed class Screen(HelpAction options) : SynchronousCommandLineAction
{
    private const int Width = 100, Names = 15;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is not RootCommand root)
        {
            options.MaxWidth = Width;
            return options.Invoke(parseResult);
        }

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine($"mlseq {RunFile.Version}: sequence models for series, sequences, texts and music");
        output.WriteLine();
        output.WriteLine("mlseq COMMAND --help     the options of a command; without a command: compare");
        output.WriteLine("mlseq completion SHELL   completion for bash, zsh, fish or pwsh");
        output.WriteLine();
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden))
            output.Write(Lines(command.Name, FirstSentence(command.Description ?? "")));
        output.WriteLine();
        output.WriteLine("Files may be CSV (.gz too), Parquet or Arrow. All commands but studio have --json FILE. All have");
        output.WriteLine("--config FILE and --save-config FILE: a file with which a run can be repeated.");
        output.WriteLine("Exit codes: 0 done, 1 doctor found a problem, 2 a mistake in the input, 130 interrupted.");
        return 0;
    }

    // A full stop before a capital letter: forecasts.csv has one too, and a question needs its answer.
    private static string FirstSentence(string text)
    {
        for (int i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] == '.' && text[i + 1] == ' ' && char.IsUpper(text[i + 2]))
                return text[..(i + 1)];
        }

        return text;
    }

    private static string Lines(string name, string text)
    {
        var lines = new StringBuilder();
        string line = $"  {name}".PadRight(Names);
        foreach (string word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                lines.AppendLine(line);
                line = new string(' ', Names);
            }

            line += $" {word}";
        }

        return lines.AppendLine(line).ToString();
    }
}

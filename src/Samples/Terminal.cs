using Spectre.Console;

namespace MLNet.Sequence.Samples;

/// <summary>The program's output and its cancellation.</summary>
internal sealed class Terminal
{
    // Wide enough for the table of results: a file or pipe has no width.
    private const int FileWidth = 120;

    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);

    public Terminal(TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        (Output, Error, Cancellation) = (output, error, cancellation);
        IsInteractive = ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = IsInteractive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!IsInteractive)
            Console.Profile.Width = FileWidth;
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public IAnsiConsole Console { get; }

    /// <summary>Whether the terminal is interactive: progress bars instead of plain lines.</summary>
    public bool IsInteractive { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Shows a warning of the library once, even if several models cause it.</summary>
    public void Warn(string warning)
    {
        lock (_warnings)
        {
            if (_warnings.Add(warning))
                Error.WriteLine($"Warning: {warning}");
        }
    }

    /// <summary>Shows notes about how the input was read.</summary>
    public void ShowNotes(IEnumerable<string> notes)
    {
        foreach (string note in notes)
            Output.WriteLine($"note: {note}");
    }
}

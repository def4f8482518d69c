using Spectre.Console;

namespace MLNet.Sequence.Samples;

/// <summary>Where the program writes, and what tells it to stop.</summary>
internal sealed class Terminal
{
    // Wide enough for the table of results: a file or pipe has no width of its own.
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

    /// <summary>Whether a person looks on: bars are drawn; otherwise plain lines.</summary>
    public bool IsInteractive { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>What the library warns of: once, though several models meet it.</summary>
    public void Warn(string warning)
    {
        lock (_warnings)
        {
            if (_warnings.Add(warning))
                Error.WriteLine($"Warning: {warning}");
        }
    }

    /// <summary>What the user should know of how input was read.</summary>
    public void Tell(IEnumerable<string> notes)
    {
        foreach (string note in notes)
            Output.WriteLine($"note: {note}");
    }
}

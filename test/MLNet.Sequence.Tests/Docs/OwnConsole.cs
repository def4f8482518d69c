using System.Text;

namespace MLNet.Sequence.Tests.Docs;

/// <summary>A console for each test, so that tests that print run beside each other.</summary>
internal sealed class OwnConsole : TextWriter
{
    private static readonly AsyncLocal<StringWriter?> Own = new();
    private static readonly Lazy<TextWriter> Shared = new(() =>
    {
        TextWriter console = Console.Out;
        Console.SetOut(new OwnConsole(console));
        return console;
    });

    private readonly TextWriter _shared;

    private OwnConsole(TextWriter shared) => _shared = shared;

    public override Encoding Encoding => _shared.Encoding;

    /// <summary>What a program prints, also from the threads that it starts.</summary>
    public static string Printed(Action run)
    {
        _ = Shared.Value;
        using var said = new StringWriter();
        Own.Value = said;
        try
        {
            run();
        }
        finally
        {
            Own.Value = null;
        }

        return said.ToString();
    }

    public override void Write(char value) => (Own.Value ?? _shared).Write(value);

    public override void Write(string? value) => (Own.Value ?? _shared).Write(value);

    public override void WriteLine(string? value) => (Own.Value ?? _shared).WriteLine(value);
}

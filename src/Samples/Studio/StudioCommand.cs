using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MLNet.Sequence.Samples.Commands.Options;

namespace MLNet.Sequence.Samples.Studio;

/// <summary>studio: a local page that leads from a file to a model, without code.</summary>
internal sealed class StudioCommand(Terminal terminal)
{
    private readonly Option<string> _folder = new("--folder")
    {
        Description = "The folder of your files; the studio reads and writes nothing outside it.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };
    private readonly Option<int?> _port = NumberOption.WholeOrNone("--port", "The port on this computer. [default: any free one]");
    private readonly Option<bool> _quiet = new("--no-browser") { Description = "Do not open the browser; only print the address." };

    public Command Describe()
    {
        var command = new Command("studio", "Opens a page in the browser, for work without code. On this computer alone: pick a CSV file, say what "
            + "to predict, train, look at the answer, and take the model and a C# project with you.") { _folder, _port, _quiet };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var folder = new StudioFolder(parsed.GetValue(_folder)!);
        using var server = StudioServer.Start(folder, parsed.GetValue(_port) ?? 0);
        terminal.Output.WriteLine($"Studio for {folder.Root}");
        terminal.Output.WriteLine($"Open {server.Address}");
        terminal.Output.WriteLine("The address holds a key: whoever has it can use the studio. Ctrl+C ends it; runs can be resumed.");
        terminal.Output.Flush();
        if (!parsed.GetValue(_quiet) && terminal.IsInteractive)
            Open(server.Address);
        terminal.Cancellation.WaitHandle.WaitOne();
        return Cli.Success;
    }

    private static void Open(string address)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(address) { UseShellExecute = true });
        }
        catch (Exception missing) when (missing is ExternalException or PlatformNotSupportedException)
        {
            // The address is printed.
        }
    }
}

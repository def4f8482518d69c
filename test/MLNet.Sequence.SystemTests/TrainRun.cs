using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MLNet.Sequence.SystemTests.Train;

namespace MLNet.Sequence.SystemTests;

/// <summary>The test program in processes of its own: started by mpirun, or alone.</summary>
internal sealed partial class TrainRun : IDisposable
{
    // Many times what a run takes on a busy machine: one that waits without end fails here.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private static readonly string[] Launcher = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"];

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly ConcurrentQueue<string> _output = new(), _errors = new();

    private TrainRun(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    /// <summary>The processes of the ranks that have said who they are, by rank.</summary>
    public Dictionary<int, int> Processes => Rank().Matches(Output).ToDictionary(match => Number(match.Groups[1]), match => Number(match.Groups[2]));

    private static string Program => typeof(Pause).Assembly.Location;

    /// <summary>The program without mpirun.</summary>
    public static TrainRun Alone(params string[] arguments) => new("dotnet", [Program, .. arguments]);

    /// <summary>The program on a number of ranks.</summary>
    public static TrainRun On(int ranks, params string[] arguments) => new("mpirun", [.. Launcher, .. Ranks(ranks, arguments)]);

    /// <summary>Two ranks, the second one with an environment variable.</summary>
    public static TrainRun OnTwo(string variable, params string[] arguments) =>
        new("mpirun", [.. Launcher, .. Ranks(1, arguments), ":", "-x", variable, .. Ranks(1, arguments)]);

    /// <summary>Waits for the end and gives the exit code.</summary>
    public int Finish()
    {
        if (!_process.WaitForExit(Longest))
            Assert.Fail($"The program did not end.\n{Output}\n{Errors}");
        // All lines have been read after this.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Waits for a line with a text.</summary>
    public void Await(string text)
    {
        using var late = new CancellationTokenSource(Longest);
        foreach (string line in _lines.GetConsumingEnumerable(late.Token))
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"The program ended without '{text}'.\n{Output}\n{Errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _lines.Dispose();
    }

    private static string[] Ranks(int ranks, string[] arguments) =>
        ["-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", Program, .. arguments];

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private void Note(string? line)
    {
        if (line is null)
        {
            _lines.CompleteAdding();
            return;
        }

        _output.Enqueue(line);
        _lines.Add(line);
    }

    [GeneratedRegex(@"rank (\d+) of \d+ is process (\d+)")]
    private static partial Regex Rank();
}

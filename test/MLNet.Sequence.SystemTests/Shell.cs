using System.Diagnostics;

namespace MLNet.Sequence.SystemTests;

/// <summary>Runs commands as a user would, in a folder.</summary>
/// <param name="folder">The folder.</param>
internal sealed class Shell(string folder)
{
    // Many times what a command takes on a busy machine: one that waits without end fails here.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>The root of the repository that the tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Variables in addition to those of this process.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>Its output.</returns>
    public string Run(string command, params string[] arguments)
    {
        (int code, string output) = Try(command, arguments);
        Assert.AreEqual(0, code, $"{command} {string.Join(' ', arguments)}\n{output}");
        return output;
    }

    /// <summary>Runs a command.</summary>
    public (int Code, string Output) Try(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Those of the SDK that runs the tests would confuse another one.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        // Users build without the analyzers of this repository's checks.
        start.Environment.Remove("CI");
        foreach ((string name, string value) in Variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command} {string.Join(' ', arguments)} did not end.");
        }

        return (process.ExitCode, output.Result + error.Result);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MLNet.Sequence.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds MLNet.Sequence.sln.");
    }
}

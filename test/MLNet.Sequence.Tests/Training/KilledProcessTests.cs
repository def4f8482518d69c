using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Kills a real process that trains, resumes it, and compares its forecasts with those of a process that was not killed.</summary>
[TestClass]
public sealed class KilledProcessTests
{
    // Another seed kills the process at other lines.
    private const int Seed = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("killed-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_process_killed_four_times_and_resumed_on_other_numbers_of_threads_ends_with_the_same_forecasts()
    {
        string data = WriteSeries();
        using (Process alone = Start(data, "alone", resume: false))
            Finish(alone);
        var random = new RandomStream(Seed);
        // Killed after this many lines of output: while it starts, loads, trains or writes. The last process may finish.
        for (int attempt = 0; attempt < 4; attempt++)
        {
            using Process process = Start(data, "killed", resume: true, threads: attempt + 1);
            for (long lines = random.NextInt64(6 * (attempt + 1)); lines > 0 && process.StandardOutput.ReadLine() is not null; lines--)
                ;
            process.Kill();
            process.WaitForExit();
        }

        using (Process last = Start(data, "killed", resume: true))
            Finish(last);

        Assert.AreEqual(Forecasts("alone"), Forecasts("killed"));
    }

    [TestMethod]
    public void A_process_that_is_terminated_writes_its_checkpoint_and_leaves_nothing_else()
    {
        using Process process = Start(WriteSeries(), "asked", resume: false, epochs: 100_000);
        string checkpoints = Path.Combine(_folder, "asked-checkpoints");
        // Each epoch writes one line.
        while (process.StandardOutput.ReadLine() is not null
            && !(Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "checkpoint-*", SearchOption.AllDirectories).Any()))
            ;
        _ = process.StandardOutput.ReadToEndAsync();
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(global::MLNet.Sequence.Samples.Cli.Interrupted, process.ExitCode, errors);
        StringAssert.Contains(errors, "Interrupted");
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "asked")));
        string[] left = [.. Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)!)];
        Assert.IsTrue(left.Any(name => name.StartsWith("checkpoint-", StringComparison.Ordinal)), string.Join(", ", left));
        Assert.IsFalse(left.Any(name => name.StartsWith('.')), string.Join(", ", left));
    }

    private string WriteSeries()
    {
        var csv = new StringBuilder("step,value\n");
        for (int i = 0; i < 500; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{i},{Math.Sin(i * 0.3) + 0.1 * Math.Cos(i * 1.7)}\n");
        string path = Path.Combine(_folder, "series.csv");
        File.WriteAllText(path, csv.ToString());
        return path;
    }

    private Process Start(string data, string name, bool resume, int epochs = 16, int threads = 1)
    {
        string program = typeof(global::MLNet.Sequence.Samples.Cli).Assembly.Location;
        string arguments = $"forecast --data {data} --time step --targets value --context 8 --horizon 4 --steps 200 --architecture lstm "
            + $"--epochs {epochs} --patience 0 --seed 3 --threads {threads} --out {Path.Combine(_folder, name)} --checkpoint "
            + $"{Path.Combine(_folder, name + "-checkpoints")}"
            + (resume ? " --resume" : "");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Split(' ')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static void Finish(Process process)
    {
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, errors + said.Result);
    }

    // All digits of two hundred steps, each from those before it.
    private string Forecasts(string name) => File.ReadAllText(Path.Combine(_folder, name, "forecasts.csv"));
}

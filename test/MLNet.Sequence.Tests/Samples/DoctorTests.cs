using System.Diagnostics;
using System.Text.Json;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>doctor says what is on the machine, whatever is there.</summary>
[TestClass]
public sealed class DoctorTests
{
    [TestMethod]
    public void The_libtorch_that_was_loaded_is_named_with_the_reason_and_what_to_reference()
    {
        using var run = new SampleRun();
        string path = run.Path("doctor.json");
        using StringWriter output = new(), error = new();
        Assert.AreEqual(Cli.Success, Cli.Run(["doctor", "--json", path], output, error), error.ToString());
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        string libtorch = json.RootElement.GetProperty("libtorch").GetString()!;
        Assert.IsTrue(File.Exists(libtorch), libtorch);
        Assert.Contains(libtorch, output.ToString());
        Assert.Contains("because it comes with this program", output.ToString());
        Assert.IsTrue(json.RootElement.GetProperty("canTrain").GetBoolean());
        StringAssert.StartsWith(json.RootElement.GetProperty("reference")[0].GetString(), "MLNet.Sequence ");
        StringAssert.StartsWith(json.RootElement.GetProperty("reference")[1].GetString(), "TorchSharp-");
    }

    [TestMethod]
    public void A_folder_that_is_none_is_a_finding_and_no_fault()
    {
        using var run = new SampleRun();
        var start = new ProcessStartInfo("dotnet", [typeof(Cli).Assembly.Location, "doctor", "--json", run.Path("doctor.json")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[TorchRuntime.EnvironmentVariable] = run.Path("nowhere");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(Cli.Problem, process.ExitCode, output + error);
        Assert.Contains("not loaded", output);
        Assert.Contains("nowhere does not exist", output);
        using var json = JsonDocument.Parse(File.ReadAllText(run.Path("doctor.json")));
        Assert.IsFalse(json.RootElement.GetProperty("canTrain").GetBoolean());
    }
}

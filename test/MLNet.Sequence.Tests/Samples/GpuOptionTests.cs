using Microsoft.ML;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Samples.Commands.Options;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Every command that trains or scores by libtorch runs on the CUDA device of --gpu.</summary>
[TestClass]
public sealed class GpuOptionTests
{
    // No machine has a device with this number, with or without a GPU.
    private const string Absent = "4711";

    [TestMethod]
    [DataRow]
    [DataRow("compare")]
    [DataRow("forecast")]
    [DataRow("forecast", "--model", "none.zip")]
    [DataRow("classify")]
    [DataRow("tag")]
    [DataRow("learning-rate")]
    [DataRow("language")]
    [DataRow("translate")]
    [DataRow("music")]
    public void A_missing_device_is_one_message_before_anything_is_read(params string[] command)
    {
        using var run = new SampleRun();
        run.MustRefuse([.. command, "--gpu", Absent], $"--gpu {Absent}: ", "CUDA device", "Leave --gpu out for the CPU.");
        Assert.HasCount(1, run.Error.Trim().Split('\n'));
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public void Commands_have_the_option_but_those_that_run_in_plain_CSharp()
    {
        string[] commands = [.. Cli.Build(new Terminal(TextWriter.Null, TextWriter.Null, default)).Subcommands
            .Where(command => !command.Hidden).Select(command => command.Name)];
        CollectionAssert.IsSubsetOf(new[] { "compare", "music", "export", "truncate" }, commands);
        // Two measure the library in plain C# against ONNX Runtime or against the whole model; the others train nothing, ask in the browser, or
        // distil, which runs on the CPU.
        CollectionAssert.AreEqual(new[] { "export", "speech", "truncate", "studio", "doctor" },
            commands.Where(command => !Help(command).Contains("--gpu", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void The_context_of_a_command_has_the_device_and_no_other_takes_its_place()
    {
        var plan = new TrainingPlan
        {
            Quick = true,
            Epochs = 1,
            Stride = 1,
            BatchSize = 1,
            LearningRate = 1,
            Seed = 1,
            Threads = 1,
            Optimizer = "adam",
            Schedule = "constant",
            Gpu = 3,
        };
        MLContext ml = Host.Create(new Terminal(TextWriter.Null, TextWriter.Null, default), plan);
        Assert.AreEqual((3, false), (ml.GpuDeviceId, ml.FallbackToCpu));
    }

    private static string Help(params string[] command)
    {
        using var output = new StringWriter();
        Assert.AreEqual(Cli.Success, Cli.Run([.. command, "--help"], output, TextWriter.Null));
        return output.ToString();
    }
}

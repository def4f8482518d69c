using System.Runtime.InteropServices;

namespace MLNet.Sequence.SystemTests;

/// <summary>The tool is packed for this system, installed from a folder, and runs.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ToolTests
{
    private const long LargestPackage = 250_000_000;

    [TestMethod]
    public void The_tool_is_installed_from_a_folder_finds_its_libtorch_and_forecasts()
    {
        using var source = new PackageSource();
        source.Pack("Samples", "-p:MakeTool=true", $"-p:RuntimeIdentifiers={RuntimeInformation.RuntimeIdentifier}");
        string[] packages = Directory.GetFiles(source.At("packages"), "mlseq*.nupkg");
        Assert.HasCount(2, packages, string.Join(", ", packages));
        foreach (string package in packages)
            Assert.IsLessThan(LargestPackage, new FileInfo(package).Length, package);

        source.Shell.Run("dotnet", "tool", "install", "mlseq", "--prerelease", "--tool-path", source.At("tools"), "--source", source.At("packages"));
        string mlseq = source.At(OperatingSystem.IsWindows() ? "tools/mlseq.exe" : "tools/mlseq");
        string doctor = source.Shell.Run(mlseq, "doctor");
        StringAssert.Contains(doctor, "because it comes with this program");
        StringAssert.Contains(source.Shell.Run(mlseq, "--help"), "mlseq COMMAND --help");

        File.WriteAllLines(source.At("wave.csv"), ["step,wave", .. Enumerable.Range(0, 80).Select(step => FormattableString.Invariant($"{step},{step % 7}"))]);
        string[] forecast = ["forecast", "--data", "wave.csv", "--context", "14", "--horizon", "7", "--epochs", "1", "--architecture", "linear"];
        source.Shell.Run(mlseq, [.. forecast, "--save-config", "mlseq.json"]);
        string first = File.ReadAllText(source.At("out/forecasts.csv"));
        Assert.HasCount(8, first.TrimEnd().Split('\n'));
        source.Shell.Run(mlseq, "--config", "mlseq.json");
        Assert.AreEqual(first, File.ReadAllText(source.At("out/forecasts.csv")));
        Assert.AreEqual(2, source.Shell.Try(mlseq, "forecast", "--data", "none.csv").Code);
    }
}

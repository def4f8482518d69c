using Examples;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests;

[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    [DataRow("README.md", "ReadmeExample.cs")]
    [DataRow("docs/compose.md", "ComposeExample.cs")]
    [DataRow("docs/onnx.md", "OnnxExample.cs")]
    public void The_example_is_the_one_that_the_compiler_read(string document, string code)
    {
        string root = SourceTree.Root;
        string example = File.ReadAllText(Path.Combine(root, document)).Split("```csharp\n")[1].Split("```")[0];
        string[] compiled = File.ReadAllLines(Path.Combine(root, "test", "MLNet.Sequence.Tests", code));
        string[] usings = [.. compiled.TakeWhile(line => line.Length > 0)];
        string[] body = [.. compiled.SkipWhile(line => !line.Contains("var ml", StringComparison.Ordinal)).SkipLast(2)
            .Select(line => line.Length > 8 ? line[8..] : "")];

        Assert.AreEqual(string.Join("\n", [.. usings, "", .. body]).Trim(), example.Trim());
    }

    [TestMethod]
    public void The_example_of_a_composed_architecture_runs_and_has_under_40_lines()
    {
        string example = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "compose.md")).Split("```csharp\n")[1].Split("```")[0];
        Assert.IsLessThan(40, example.Trim().Split('\n').Count(line => line.Length > 0));
        ComposeExample.Run();
    }

    [TestMethod]
    public void The_example_of_ONNX_runs()
    {
        using var folder = new TemporaryFolder();
        OnnxExample.Run(folder.Path);
        Assert.HasCount(3, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void The_two_commands_are_those_that_CI_runs()
    {
        string readme = File.ReadAllText(Path.Combine(SourceTree.Root, "README.md"));
        string ci = File.ReadAllText(Path.Combine(SourceTree.Root, ".ci", "run"));
        foreach (string command in new[] { "dotnet run --project src/Samples -c Release", "dotnet test" })
        {
            StringAssert.Contains(readme, command);
            StringAssert.Contains(ci, command);
        }
    }
}

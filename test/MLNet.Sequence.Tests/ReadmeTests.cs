namespace MLNet.Sequence.Tests;

[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    public void The_example_is_the_one_that_the_compiler_read()
    {
        string root = SourceTree.Root;
        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        string example = readme.Split("```csharp\n")[1].Split("```")[0];
        string[] compiled = File.ReadAllLines(Path.Combine(root, "test", "MLNet.Sequence.Tests", "ReadmeExample.cs"));
        string[] usings = [.. compiled.TakeWhile(line => line.Length > 0)];
        string[] body = [.. compiled.SkipWhile(line => !line.Contains("var ml", StringComparison.Ordinal)).SkipLast(2).Select(line => line.Length > 8 ? line[8..] : "")];

        Assert.AreEqual(string.Join("\n", [.. usings, "", .. body]).Trim(), example.Trim());
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

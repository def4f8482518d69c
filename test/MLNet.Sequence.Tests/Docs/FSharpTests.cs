using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Docs;

/// <summary>The script of docs/fsharp.md, run by the SDK's F# on the built library instead of the packages.</summary>
[TestClass]
public sealed class FSharpTests
{
    [TestMethod]
    public void The_script_of_the_page_compiles_and_runs()
    {
        string script = File.ReadAllText(SourceTree.Path("docs", "fsharp.md")).Split("```fsharp\n")[1].Split("```")[0];
        string[] references =
        [
            .. new[] { typeof(MLContext), typeof(IDataView), typeof(ITransformer), typeof(SequenceModel), typeof(SequenceOperations) }
                .Select(type => type.Assembly.Location).Append(Path.Combine(AppContext.BaseDirectory, "Microsoft.ML.Core.dll")).Distinct()
                .Select(path => $"#r @\"{path}\""),
        ];
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "script.fsx");
        File.WriteAllLines(file, [.. references, .. script.Split('\n').Where(line => !line.StartsWith("#r", StringComparison.Ordinal))]);

        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["fsi", "--quiet", "--nologo", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] said = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();

        Assert.AreEqual(0, process.ExitCode, errors.Result);
        string wave = string.Join(' ', Enumerable.Range(1000, 4).Select(t => MathF.Sin(t / 5f).ToString("F2", CultureInfo.InvariantCulture)));
        Assert.AreEqual(wave, said[0]);
        StringAssert.Contains(said[1], "8 steps");
    }
}

using System.Diagnostics;
using MLNet.Sequence.Certificates;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>A fault in the source of a bound: a text is replaced everywhere in a file.</summary>
/// <param name="Name">The term that the bound then omits or has wrong.</param>
/// <param name="File">The name of a file of src/MLNet.Sequence.Runtime.</param>
/// <param name="Text">The original text.</param>
/// <param name="Replacement">The replacement.</param>
internal sealed record Mutant(string Name, string File, string Text, string Replacement);

/// <summary>
/// Plants faults in the proofs' code, one at a time, in a copy of the runtime's sources, and runs the tests of certificates on it. A fault
/// that no test notices survives. Prints which test caught which; exit code 1 if one survived.
/// </summary>
internal static class StabilityMutants
{
    private const string Runtime = "src/MLNet.Sequence.Runtime";

    private static readonly string[] Suites =
        ["CellBoundTests", "OutputBoundTests", "MemoryCertificateTests", "CertificateLimitsTests", "ModelTruncationTests", "CertificateSearchTests"];

    private static readonly Mutant[] All =
    [
        new("LSTM: no term of the output gate", "LstmCell.cs", " + Outward.Times(_out.SigmoidSlope(unit) * Math.Tanh(_cell[unit]), seen[3])", ""),
        new("softmax: a quarter for a half", "OutputDecoding.cs", "Slope => Together ? 1 : 0.5;", "Slope => Together ? 1 : 0.25;"),
        new("the pooled deviation alone", "ModelBound.cs", "model.Scaling.BySeries.Values.Prepend(model.Scaling.Pooled)", "new[] { model.Scaling.Pooled }"),
        new("GRU: no derivative of the reset gate", "GruCell.cs", "_reset.SigmoidSlope(unit) * _inner[unit] * (", "0 * ("),
        new("LSTM: no term of the forget gate", "LstmCell.cs", "+ Outward.Times(_forget.SigmoidSlope(unit) * _cell[unit], seen[1])", ""),
        new("LSTM: no term of the input gate", "LstmCell.cs", "+ Outward.Times(_in.SigmoidSlope(unit) * _new.Largest(unit), seen[0])", ""),
        new("LSTM: no term of the candidate", "LstmCell.cs", "+ Outward.Times(_in.Widest(unit) * _new.TanhSlope(unit), seen[2])", ""),
        new("LSTM: the gates do not see the input", "LstmCell.cs", " + fromInput.Channels[gate * _units + unit]", ""),
        new("LSTM: the largest cell without its forget gate", "LstmCell.cs", " / _forget.LeastShut(unit)", ""),
        new("GRU: no term of the update gate", "GruCell.cs", " + z * (1 - z) * k", ""),
        new("GRU: the candidate and the state at most 1 apart", "GruCell.cs", "2 * Largest[unit] * (", "Largest[unit] * ("),
        new("GRU: no term of the candidate", "GruCell.cs", "Outward.Sum(_recurrent.Row(fresh), before) * _reset.Widest(unit)", "0"),
        new("RNN: slopes of the first range kept", "RnnCell.cs", "Math.Min(1, argument.TanhSlope(unit))", "Math.Min(0.9, argument.TanhSlope(unit))"),
        new("RNN: inputs do not count", "RnnCell.cs", "Outward.Sum(_recurrent.Row(unit), before) + fromInput.Channels[unit]",
            "Outward.Sum(_recurrent.Row(unit), before)"),
        new("minimal cells: no term of the gates", "MinimalCell.cs", " + Outward.Times(_most[unit] / 4, gates)", ""),
        new("minimal cells: the candidate's slope a quarter", "MinimalCell.cs", "all.High[row] >= 0 ? 1 : 0.25", "0.25"),
        new("LRU: states without the input's gain", "LruCell.cs", "Math.Exp(gain[i / channels]) * Hypotenuse", "Hypotenuse"),
        new("LRU: the imaginary part left out", "LruCell.cs", "Hypotenuse(outOf[row + column], outOf[row + states + column])", "Math.Abs(outOf[row + column])"),
        new("clamp: the range cut, not moved", "PlainBound.cs", "input.Map(x => Math.Clamp(x, -limit, limit))",
            "input.Within(ValueRange.Around(input.Count, limit))"),
        new("gate: no term of the value", "PlainBound.cs", "Outward.Times(open[i], difference.Channels[i]) + ", ""),
        new("gate: no term of the gate", "PlainBound.cs", " + Outward.Times(value[i], difference.Channels[half + i] / 4)", ""),
        new("σ: an eighth for a quarter", "PlainBound.cs", "(input.Map(Outward.Sigmoid), 0.25)", "(input.Map(Outward.Sigmoid), 0.125)"),
        new("layer normalisation: half as steep", "PlainBound.cs", "Outward.Up(steepest * difference.Length)",
            "Outward.Up(0.001 * steepest * difference.Length)"),
        new("convolution: the newest tap alone", "WindowBounds.cs", "for (int tap = 0; tap < _taps.Length; tap++)",
            "for (int tap = _taps.Length - 1; tap < _taps.Length; tap++)"),
        new("convolution: zeros before the window in both runs", "WindowBounds.cs", "Difference before = past.Open ? new Difference([.. _magnitudes])",
            "Difference before = false ? new Difference([.. _magnitudes])"),
        new("patches: zeros before the window in both runs", "WindowBounds.cs", "Difference before = past.Open ? new Difference(input.Magnitudes())",
            "Difference before = false ? new Difference(input.Magnitudes())"),
        new("patches: one run for all remainders", "WindowBounds.cs", "DifferenceStep run = runs[turn];", "DifferenceStep run = runs[0];"),
        new("windows: forgotten a step early", "WindowBounds.cs", "if (seen.Count < window)", "if (seen.Count < window - 1)"),
        new("normalised windows: outputs not scaled back", "WindowBounds.cs", "Outward.Times(scale, inside.Channels[i])", "inside.Channels[i]"),
        new("normalised windows: half of the deviation", "WindowBounds.cs", "Math.Sqrt(width * width / 4 +", "Math.Sqrt(width * width / 16 +"),
        new("branches and sums: one part of two", "CompositeBounds.cs", "first(input).Plus(second(input))", "first(input)"),
        new("skips: the last block alone", "CompositeBounds.cs", "sum = sum?.Plus(part) ?? part;", "sum = part;"),
        new("matrix: the mean of a row for its sum", "BoundMatrix.cs", "Outward.Sum(Row(row), difference.Channels)",
            "Outward.Sum(Row(row), difference.Channels) / _columns"),
        new("norms: a factor taken from the first state", "ContractionNorm.cs", "most = Math.Max(most, after[i] / v[i]);", "most = after[0] / v[0];"),
        new("rounding of float32 left out", "RecurrentBound.cs", "Outward.Up(difference + rounding)", "difference"),
        new("σ of a binary task: an eighth", "OutputDecoding.cs", "Slope => 0.25;", "Slope => 0.125;"),
        new("regression: the first label's deviation", "OutputDecoding.cs", ".Deviation[output % Count]", ".Deviation[0]"),
        new("chain of tags certified as its scores", "MemoryCertificate.cs", "if (decodesTogether)", "if (false)"),
    ];

    /// <param name="args">"--only TEXT": the mutants whose names contain it.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        string only = args switch
        {
            [] => "",
            ["--only", var text] => text,
            _ => throw new ArgumentException($"stability-mutants accepts only --only TEXT; found {string.Join(' ', args)}."),
        };
        string root = DataFiles.Repository;
        foreach (Mutant mutant in All)
            Find(mutant, root);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("stability-mutants-");
        try
        {
            string tests = Prepare(root, folder.FullName);
            (bool passed, string[] failed) = Test(tests);
            if (!passed)
                throw new InvalidOperationException($"Without a mutant the tests must pass; failed: {string.Join(", ", failed)}.");
            int survived = All.Where(mutant => mutant.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
                .Count(mutant => Survives(mutant, folder.FullName, tests));
            Console.WriteLine($"stability-mutants: {survived} survived.");
            return survived == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Copies of the built tests and of the runtime's sources with their build files.
    private static string Prepare(string root, string folder)
    {
        Dotnet(root, "build", "test/MLNet.Sequence.Tests", "-c", "Release", "-v", "q");
        foreach (string file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "README.md"])
            File.Copy(Path.Combine(root, file), Path.Combine(folder, file));
        Copy(Path.Combine(root, Runtime), Path.Combine(folder, Runtime));
        string tests = Path.Combine(folder, "tests");
        Copy(Path.Combine(root, $"test/MLNet.Sequence.Tests/bin/Release/net10.0/{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}"), tests);
        return tests;
    }

    private static bool Survives(Mutant mutant, string folder, string tests)
    {
        (string file, string source) = Find(mutant, folder);
        File.WriteAllText(file, source.Replace(mutant.Text, mutant.Replacement, StringComparison.Ordinal));
        Dotnet(folder, "build", Runtime, "-c", "Release", "-v", "q", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false");
        File.WriteAllText(file, source);
        File.Copy(Path.Combine(folder, Runtime, "bin/Release/net10.0/MLNet.Sequence.Runtime.dll"),
            Path.Combine(tests, "MLNet.Sequence.Runtime.dll"), overwrite: true);
        (bool passed, string[] failed) = Test(tests);
        Console.WriteLine($"  {(passed ? "SURVIVED" : "caught")}: "
            + $"{mutant.Name}{(passed ? "" : $", by {string.Join(", ", failed.Take(3))}{(failed.Length > 3 ? $" and {failed.Length - 3} more" : "")}")}");
        return passed;
    }

    private static (string File, string Source) Find(Mutant mutant, string folder)
    {
        string file = Directory.GetFiles(Path.Combine(folder, Runtime), mutant.File, SearchOption.AllDirectories).Single(), source = File.ReadAllText(file);
        return source.Contains(mutant.Text, StringComparison.Ordinal)
            ? (file, source)
            : throw new InvalidOperationException($"'{mutant.Name}': {mutant.File} has no '{mutant.Text}'; the list of mutants is older than the source.");
    }

    private static (bool Passed, string[] Failed) Test(string tests)
    {
        string filter = string.Join('|', Suites.Select(suite => $"ClassName~{suite}"));
        (int code, string output) = Start(tests, "vstest", "MLNet.Sequence.Tests.dll", $"--TestCaseFilter:{filter}");
        string[] failed = [.. output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("Failed ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1])];
        return code == 0 || failed.Length > 0
            ? (code == 0, [.. failed.Distinct()])
            : throw new InvalidOperationException($"The tests did not run: {output}");
    }

    private static void Dotnet(string folder, params string[] arguments)
    {
        (int code, string output) = Start(folder, arguments);
        if (code != 0)
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed: {output}");
    }

    private static (int Code, string Output) Start(string folder, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            if (from.EndsWith(Runtime, StringComparison.Ordinal)
                && (relative.StartsWith("obj", StringComparison.Ordinal) || relative.StartsWith("bin", StringComparison.Ordinal)))
                continue;
            string target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

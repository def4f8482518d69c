using System.Text.RegularExpressions;

namespace MLNet.Sequence.SystemTests;

/// <summary>The templates become projects that build with the packages made from the sources.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TemplateTests
{
    private static PackageSource s_source = null!;

    private static Shell Shell => s_source.Shell;

    [ClassInitialize]
    public static void Pack(TestContext _)
    {
        s_source = new PackageSource();
        foreach (string project in new[] { "MLNet.Sequence.Runtime", "MLNet.Sequence", "MLNet.Sequence.Analyzers", "MLNet.Sequence.Templates" })
            s_source.Pack(project);
        Shell.Run("dotnet", "new", "install", Directory.GetFiles(s_source.At("packages"), "MLNet.Sequence.Templates.*.nupkg").Single());
    }

    [ClassCleanup]
    public static void Clean() => s_source.Dispose();

    [TestMethod]
    public void A_forecast_project_builds_and_its_names_are_those_that_were_given()
    {
        Shell.Run("dotnet", "new", "mlseq-forecast", "-o", "Sales", "--target", "units", "--time", "day", "--horizon", "14", "--no-restore");
        string program = File.ReadAllText(s_source.At("Sales/Program.cs"));
        StringAssert.Contains(program, "Targets = [\"units\"]");
        StringAssert.Contains(program, "Horizon = 14,");
        Assert.AreEqual("day,units", File.ReadLines(s_source.At("Sales/data.csv")).First());
        StringAssert.Contains(Shell.Run("dotnet", "build", "Sales", "-c", "Release"), " 0 Warning(s)");

        // The analyzers of the project see a mistake.
        File.WriteAllText(s_source.At("Sales/Program.cs"), program.Replace(
            "ml.Forecasting.TrainTestSplit(rows, options, testFraction: 0.2)", "ml.Data.TrainTestSplit(rows, testFraction: 0.2)", StringComparison.Ordinal));
        StringAssert.Contains(Shell.Run("dotnet", "build", "Sales", "-c", "Release"), "warning MLSEQ001");
    }

    [TestMethod]
    public void A_project_to_classify_builds()
    {
        Shell.Run("dotnet", "new", "mlseq-classify", "-o", "Sensors", "--steps", "12", "--no-restore");
        StringAssert.Contains(File.ReadAllText(s_source.At("Sensors/Program.cs")), "DataKind.Single, 1, 12)");
        StringAssert.Contains(Shell.Run("dotnet", "build", "Sensors", "-c", "Release"), " 0 Warning(s)");
    }

    [TestMethod]
    public void A_project_that_gets_the_libtorch_of_every_system_is_warned_with_the_remedy()
    {
        Shell.Run("dotnet", "new", "mlseq-classify", "-o", "Everywhere", "--no-restore");
        string project = s_source.At("Everywhere/Everywhere.csproj");
        // Assets are found without copying the gigabyte.
        string Found()
        {
            Shell.Run("dotnet", "restore", "Everywhere");
            return Shell.Run("dotnet", "msbuild", "Everywhere", "-t:ResolvePackageAssets");
        }

        Assert.IsFalse(Found().Contains("MLSEQ101", StringComparison.Ordinal));
        File.WriteAllText(project, Regex.Replace(File.ReadAllText(project), "<RuntimeIdentifier>.*</RuntimeIdentifier>", ""));
        string found = Found();
        StringAssert.Contains(found, "warning MLSEQ101");
        StringAssert.Contains(found, "libtorch for 3 systems");
        StringAssert.Contains(found, "<RuntimeIdentifier>");
    }

    [TestMethod]
    public void The_versions_in_the_templates_are_those_of_the_sources()
    {
        string props = File.ReadAllText(Path.Combine(Shell.Root, "Directory.Build.props")), packages = File.ReadAllText(Path.Combine(
            Shell.Root, "Directory.Packages.props"));
        string Part(string name) => Regex.Match(props, $"<Version{name}>(.*)</Version{name}>").Groups[1].Value;
        string own = $"{Part("Prefix")}-{Part("Suffix")}";
        foreach (string project in Directory.GetFiles(Path.Combine(Shell.Root, "src", "MLNet.Sequence.Templates", "templates"), "*.csproj",
            SearchOption.AllDirectories))
        {
            foreach (Match reference in Regex.Matches(File.ReadAllText(project), "<PackageReference Include=\"([^\"]*)\" Version=\"([^\"]*)\""))
            {
                if (reference.Groups[1].Value.StartsWith("MLNet.Sequence", StringComparison.Ordinal))
                    Assert.AreEqual(own, reference.Groups[2].Value, project);
                else
                    StringAssert.Contains(packages, $"Include=\"{reference.Groups[1]}\" Version=\"{reference.Groups[2]}\"", project);
            }
        }
    }
}

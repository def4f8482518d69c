using System.Globalization;
using System.IO.Compression;

namespace MLNet.Sequence.SystemTests.Studio;

/// <summary>Projects that the studio generated, built all at once: that costs little more than one.</summary>
internal sealed class Projects(string folder)
{
    private readonly List<(string Name, string Program)> _programs = [];

    /// <summary>Unpacks a project.</summary>
    /// <param name="zip">The file that the page gave.</param>
    /// <param name="program">The folder of its program.</param>
    public void Add(string zip, string program)
    {
        using ZipArchive archive = ZipFile.OpenRead(zip);
        archive.ExtractToDirectory(folder);
        _programs.Add((archive.Entries[0].FullName.Split('/')[0], program));
    }

    public void Build()
    {
        // That the trainings compile is enough: half a gigabyte of libtorch beside them proves nothing more.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), """
            <Project>
              <PropertyGroup Condition="'$(MSBuildProjectName)' == 'Training'">
                <CopyLocalLockFileAssemblies>false</CopyLocalLockFileAssemblies>
              </PropertyGroup>
            </Project>
            """);
        IEnumerable<string> projects = Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories)
            .Select(path => $"""  <Project Path="{Path.GetRelativePath(folder, path)}" />""");
        File.WriteAllText(Path.Combine(folder, "all.slnx"), $"<Solution>\n{string.Join('\n', projects)}\n</Solution>\n");
        new Shell(folder).Run("dotnet", "build", "all.slnx", "-v", "q");
    }

    /// <summary>What the program of a project prints.</summary>
    public string[] Run(string program)
    {
        (string name, _) = _programs.Single(one => one.Program == program);
        string assembly = Path.Combine(folder, name, program, "bin", "Debug", "net10.0", $"{name}.dll");
        return new Shell(folder).Run("dotnet", assembly).ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The numbers of a column of lines without quotes, below the header.</summary>
    public static double[] Numbers(IEnumerable<string> lines, int column) =>
        [.. lines.Skip(1).Select(line => double.Parse(line.Split(',')[column], CultureInfo.InvariantCulture))];
}

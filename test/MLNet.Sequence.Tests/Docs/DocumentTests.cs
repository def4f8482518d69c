using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Docs;

/// <summary>Checks the files, commands and figures that documents name.</summary>
[TestClass]
public sealed class DocumentTests
{
    private const string Program = "dotnet run --project src/Samples -c Release --";

    private static readonly string[] Folders = ["", "docs", "bench", "bench/gpu", "src/MLNet.Sequence", "src/MLNet.Sequence.Runtime",
        "src/MLNet.Sequence.Analyzers", "src/MLNet.Sequence.Templates", "src/Samples", "src/Samples/Data"];

    private static string[] Documents => [.. Folders.SelectMany(folder => Directory.GetFiles(SourceTree.Path(folder), "*.md"))];

    [TestMethod]
    public void Links_lead_to_existing_files()
    {
        string[] links = [.. Documents.SelectMany(document => Links(document).Where(link => !link.Contains(':', StringComparison.Ordinal))
            .Select(link => Path.Combine(Path.GetDirectoryName(document)!, link.Split('#')[0])))];
        Assert.IsGreaterThan(20, links.Length);
        string[] missing = [.. links.Where(link => !Path.Exists(link))];
        Assert.IsEmpty(missing, string.Join("\n", missing));
    }

    [TestMethod]
    public void Links_name_headings_that_exist()
    {
        // A heading in a link: lower case, letters, digits and hyphens, and hyphens for spaces.
        static string Anchor(string heading) => Regex.Replace(heading.Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');
        string[] wrong =
        [
            .. from document in Documents
               from link in Links(document)
               where link.Contains(".md#", StringComparison.Ordinal) && !link.Contains("://", StringComparison.Ordinal)
               let target = Path.Combine(Path.GetDirectoryName(document)!, link.Split('#')[0])
               where !File.ReadLines(target).Any(line => line.StartsWith('#') && Anchor(line.TrimStart('#')) == link.Split('#')[1])
               select $"{Path.GetFileName(document)}: {link}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    [TestMethod]
    public void A_page_is_read_in_one_sitting()
    {
        const int most = 1500;
        string[] longer = [.. Directory.GetFiles(SourceTree.Path("docs"), "*.md").Append(SourceTree.Path("README.md"))
            .Where(page => Path.GetFileName(page) != "performance-tables.md")
            .Where(page => File.ReadAllText(page).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length > most)];
        Assert.IsEmpty(longer, string.Join(", ", longer));
    }

    [TestMethod]
    public void The_site_has_every_page()
    {
        string contents = File.ReadAllText(SourceTree.Path("docs", "toc.yml"));
        string[] missing = [.. Directory.GetFiles(SourceTree.Path("docs"), "*.md").Select(page => Path.GetFileName(page)!)
            .Where(page => !contents.Contains($"href: {page}\n", StringComparison.Ordinal))];
        Assert.IsEmpty(missing, string.Join(", ", missing));
    }

    [TestMethod]
    public void Every_page_is_in_the_index()
    {
        string[] pages = [.. Directory.GetFiles(SourceTree.Path("docs"), "*.md").Select(page => Path.GetFileName(page)!).Except(["README.md"])
            .Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(pages, Links(SourceTree.Path("docs", "README.md")).Order(StringComparer.Ordinal).ToArray());
    }

    // A name of two words or more is a type or a member of this library or of a referenced one. X is a placeholder for a reader's own name.
    [TestMethod]
    public void Names_in_documents_are_those_of_the_code()
    {
        HashSet<string> known = [.. new[] { "src", "test", "bench", "build" }.SelectMany(folder =>
            Directory.EnumerateFiles(SourceTree.Path(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\w+").Select(match => match.Value))];
        Assembly[] referenced = [typeof(object).Assembly, typeof(MLContext).Assembly, typeof(DataOperationsCatalog).Assembly,
            typeof(StandardTrainersCatalog).Assembly, typeof(TorchSharp.torch).Assembly];
        known.UnionWith(referenced.SelectMany(assembly => assembly.GetExportedTypes())
            .SelectMany(type => type.GetMembers().Select(member => member.Name).Append(type.Name.Split('`')[0])));
        string[] wrong =
        [
            .. from document in Documents
               from quoted in Regex.Matches(Regex.Replace(File.ReadAllText(document), "(?s)```.*?```", ""), "`([^`\n]+)`")
               from name in Regex.Matches(quoted.Groups[1].Value, @"(?<![\w/.-])[A-Z][a-z]+[A-Z]\w*(?![\w/-]|\S*\.txt)")
               where !known.Contains(name.Value)
               select $"{Path.GetFileName(document)}: {name.Value}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    // A package has no folder docs.
    [TestMethod]
    [DataRow("MLNet.Sequence", "PackageExample.cs")]
    [DataRow("MLNet.Sequence.Runtime", "RuntimeExample.cs")]
    [DataRow("MLNet.Sequence.Distributed", "DistributedExample.cs")]
    public void The_readme_of_a_package_has_no_link_into_the_repository_and_an_example_that_the_compiler_read(string package, string example)
    {
        StringAssert.Contains(File.ReadAllText(SourceTree.Path("Directory.Build.targets")), "<None Update=\"README.md\" Pack=\"true\" PackagePath=\"/\" />");
        string readme = SourceTree.Path("src", package, "README.md");
        string[] links = [.. Links(readme).Where(link => !link.StartsWith("https://", StringComparison.Ordinal))];
        Assert.IsEmpty(links, string.Join(", ", links));
        string shown = File.ReadAllText(readme).Split("```csharp\n")[1].Split("```")[0].Trim();
        foreach (string line in shown.Split('\n').Where(line => line.Length > 0))
            StringAssert.Contains(File.ReadAllText(SourceTree.Path("test", "MLNet.Sequence.Tests", "Docs", example)), line);
    }

    [TestMethod]
    public void Commands_are_those_that_the_program_has()
    {
        string[] commands = [.. Documents.SelectMany(Commands).Distinct()];
        Assert.IsGreaterThan(12, commands.Length);
        RootCommand root = Cli.Build(new Terminal(TextWriter.Null, TextWriter.Null, default));
        foreach (string command in commands)
            Assert.IsEmpty(root.Parse(command).Errors, command);
    }

    [TestMethod]
    public void The_example_of_README_reads_the_file_that_its_command_unpacks()
    {
        string packed = Regex.Match(File.ReadAllText(SourceTree.Path("README.md")), "`gunzip -c (\\S+) > ETTh1.csv`").Groups[1].Value;
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SourceTree.Path(packed)), CompressionMode.Decompress));
        string[] names = reader.ReadLine()!.Split(',');
        Assert.AreEqual(("date", "OT"), (names[0], names[7]));
        int rows = 0;
        while (reader.ReadLine() is not null)
            rows++;
        Assert.IsGreaterThan(11_520, rows);
    }

    [TestMethod]
    [DataRow("stable-training.md", "ptb-char-longer/ptb-char-stable-rnn")]
    [DataRow("stable-training.md", "ptb-char-longer/ptb-char-stable-rnn-2")]
    [DataRow("stable-training.md", "ptb-char-longer/ptb-char-stable-lstm")]
    [DataRow("stable-training.md", "ptb-char-longer/ptb-char-stable-lstm-2")]
    public void Figures_are_those_of_the_rows_that_were_measured(string page, string row)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SourceTree.Path("bench", "results", $"{row}.json")));
        string measured = json.RootElement.GetProperty("measured").GetDouble().ToString("F3", CultureInfo.InvariantCulture);
        StringAssert.Contains(File.ReadAllText(SourceTree.Path("docs", page)), measured, row);
    }

    private static string[] Links(string document) =>
        [.. Regex.Matches(Regex.Replace(File.ReadAllText(document), "(?s)```.*?```", ""), @"\]\(([^)\s]+)\)").Select(match => match.Groups[1].Value)];

    // Lines of code and text in backquotes that begin with the program or its alias. A capital letter is a placeholder for a word.
    private static IEnumerable<string> Commands(string document) => File.ReadAllText(document).Split('\n', '`')
        .Select(text => text.Trim().Split(" #")[0])
        .Select(text => text.StartsWith("sequence ", StringComparison.Ordinal) ? text["sequence ".Length..]
            : text.StartsWith("mlseq ", StringComparison.Ordinal) ? text["mlseq ".Length..]
            : text.StartsWith(Program + " ", StringComparison.Ordinal) ? text[(Program.Length + 1)..] : "")
        .Where(text => text.Length > 0)
        .Select(text => text.Trim());
}

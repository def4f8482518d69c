using System.Globalization;
using System.Text;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>The common options of the commands for rows that hold sequences.</summary>
internal static class TaskCases
{
    public static string Loss(OptionCase.Seen run) => run.Last(@"loss (\S+)");

    public static string Parameters(OptionCase.Seen run) => run.Found(@"linear \| +([\d,]+)");

    /// <summary>Architectures and the folder of results.</summary>
    public static IEnumerable<OptionCase> All =>
    [
        new("--architectures", "--architectures linear,rnn --set linear.window=1,rnn.hiddenSize=4", run => run.Has("rnn.zip")),
        new("--set", "--architectures linear,rnn --set linear.window=1,rnn.hiddenSize=4", Parameters),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/linear.zip")),
        new("--json", "--json @results.json", run => run.Has("../results.json")),
    ];
}

[TestClass]
public sealed class ClassifyOptionTests() : OptionContract("classify", "--train @train.csv --test @test.csv --architectures linear --epochs 1 --batch-size 40")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        .. TaskCases.All,
        .. Training(TaskCases.Loss),
        new("--train", "--train @test.csv", run => run.Found("training: (.*)\n")),
        new("--test", "--test @train.csv", run => run.Found("test: (.*)\n")),
        new("--label", "--label kind", run => run.Found(@"in (\d+) classes")),
        new("--group", "--train @groups.csv --test @others.csv --group subject", TaskCases.Loss, "--train @groups.csv --test @others.csv --group half"),
        new("--pooling", "--pooling Mean", TaskCases.Loss),
        new("--balanced", "--balanced", TaskCases.Loss),
        new("--focal", "--focal 2", TaskCases.Loss),
        new("--intervals", "--intervals", run => run.Found("accuracy(.*)\n")),
        new("--encoding", "--train @latin.csv --test @latin.csv --encoding iso-8859-1", run => run.Count("größe"),
            "--train @latin.csv --test @latin.csv --encoding windows-1251"),
        new("--decimal", "--train @marks.csv --test @marks.csv --decimal comma", TaskCases.Loss, "--train @marks.csv --test @marks.csv --decimal point"),
    ];

    internal override void WriteFiles()
    {
        string Waves(int rows, string a = "1") => SeriesFiles.Table("label,kind,x,y,z", rows, row => string.Create(
            CultureInfo.InvariantCulture,
                $"{(row % 3 == 0 ? a : "2")},{row % 4 + 1},{row % 3 + Math.Sin(row):F2},{row % 3 * Math.Cos(row):F2},{Math.Sin(3 * row):F2}"));
        Files.Write("train.csv", Waves(210));
        Files.Write("test.csv", Waves(30));
        string Grouped(string name, int rows) => SeriesFiles.Table("label,subject,half,x,y", rows, row => string.Create(
            CultureInfo.InvariantCulture, $"{row % 2},{name}{row / 2 % 9},{name}{row / 2 % 2},{row % 2 + Math.Sin(row):F2},{Math.Cos(row):F2}"));
        Files.Write("groups.csv", Grouped("1", 210));
        Files.Write("others.csv", Grouped("2", 40));
        WriteLatin("latin.csv", Waves(30, a: "größe"));
        Files.Write("marks.csv", SeriesFiles.Table("label;x;y", 30, row => $"{(row % 3 == 0 ? "a" : "b")};{(row % 2 == 0 ? "1,234" : "3")};{row % 5}"));
    }
}

[TestClass]
public sealed class TagOptionTests() : OptionContract(
    "tag", "--train @train.tsv --valid @valid.tsv --test @test.tsv --architectures linear --set linear.window=2 --epochs 1 --embedding 4 --batch-size 8")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        .. TaskCases.All,
        .. Training(TaskCases.Loss),
        new("--train", "--train @test.tsv", run => run.Found(@"(\d+) sentences to train on")),
        new("--valid", "--valid @test.tsv", run => run.Found(@"(\d+) to validate on")),
        new("--test", "--test @valid.tsv", run => run.Found(@"(\d+) to measure on")),
        new("--embedding", "--embedding 5", TaskCases.Parameters),
        new("--embedding-dropout", "--embedding-dropout 0", TaskCases.Loss),
        new("--rare", "--rare 15", run => run.Found(@"(\d+) words")),
        new("--decoding", "--decoding Steps", TaskCases.Loss),
        new("--balanced", "--decoding Steps --balanced", TaskCases.Loss, "--decoding Steps"),
        new("--focal", "--decoding Steps --focal 2", TaskCases.Loss, "--decoding Steps"),
        new("--encoding", "--test @latin.tsv --encoding iso-8859-1", run => run.Count("köln"), "--test @latin.tsv --encoding windows-1251"),
    ];

    internal override void WriteFiles()
    {
        string[] cities = ["rome", "oslo", "lima"];
        string Lines(int rows) => string.Concat(Enumerable.Range(0, rows).Select(row => $"fly to {cities[row % 3]} now\tO O B-to O\n"));
        Files.Write("train.tsv", Lines(40));
        Files.Write("valid.tsv", Lines(7));
        Files.Write("test.tsv", Lines(9));
        WriteLatin("latin.tsv", "fly to köln now\tO O B-to O\n");
    }
}

[TestClass]
public sealed class LanguageOptionTests() : OptionContract(
    "language", "--train @train.txt --valid @valid.txt --test @test.txt --architectures linear --set linear.window=2 --epochs 1 --embedding 4 --steps 20 "
        + "--length 10 --batch-size 4")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        .. TaskCases.All,
        .. Training(TaskCases.Loss),
        new("--train", "--train @test.txt", run => run.Found(@"(\d+) tokens to train on")),
        new("--valid", "--valid @test.txt", run => run.Found(@"(\d+) to validate on")),
        new("--test", "--test @valid.txt", run => run.Found(@"(\d+) to test on")),
        new("--level", "--level word", run => run.Found(@"(\d+ .*) to train on")),
        new("--embedding", "--embedding 5", TaskCases.Parameters),
        new("--steps", "--steps 10", TaskCases.Loss),
        new("--length", "--length 12", run => $"{run.Text("linear.txt").Length}"),
        new("--temperature", "--temperature 0", run => run.Text("linear.txt")),
        new("--encoding", "--test @latin.txt --encoding iso-8859-1", run => run.Count("köln"), "--test @latin.txt --encoding windows-1251"),
    ];

    internal override void WriteFiles()
    {
        string Rhyme(int lines) => string.Concat(Enumerable.Range(0, lines).Select(line => $"row {line % 3} the boat\n"));
        Files.Write("train.txt", Rhyme(60));
        Files.Write("valid.txt", Rhyme(12));
        Files.Write("test.txt", Rhyme(20));
        WriteLatin("latin.txt", "the boat of köln\n" + Rhyme(10));
    }
}

[TestClass]
public sealed class MusicOptionTests() : OptionContract(
    "music", "--data @pieces.json --architectures linear --set linear.window=2 --epochs 1 --length 4 --batch-size 1")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        .. TaskCases.All,
        .. Training(TaskCases.Loss),
        new("--data", "--data @more.json", run => run.Found(@"(\d+) pieces to train on")),
        new("--length", "--length 6", run => run.Bytes("linear.mid")),
        new("--temperature", "--temperature 3", run => run.Bytes("linear.mid")),
        new("--encoding", "--data @ebcdic.json --encoding IBM037", run => run.Found(@"(\d+) pieces to train on"), "--data @ebcdic.json"),
    ];

    internal override void WriteFiles()
    {
        const string Piece = "[[60,64],[62],[],[60,64],[65]]", Other = "[[40],[41],[42,60]]";
        Files.Write("pieces.json", $$"""{"train": [{{Piece}},{{Other}},{{Piece}},{{Other}}], "valid": [{{Piece}}], "test": [{{Piece}}]}""");
        File.WriteAllBytes(Files.Path("ebcdic.json"),
            CodePagesEncodingProvider.Instance.GetEncoding("IBM037")!.GetBytes($$"""{"train": [{{Piece}}], "valid": [{{Piece}}], "test": [{{Piece}}]}"""));
        Files.Write("more.json", $$"""{"train": [{{Piece}},{{Other}}], "valid": [{{Piece}}], "test": [{{Piece}}]}""");
    }
}

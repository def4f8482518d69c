using System.Text;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Bytes are decoded correctly or cause an error.</summary>
[TestClass]
public sealed class TextEncodingTests
{
    private const string Text = "date,Größe\n2024-01-01,1\n2024-01-02,2\n";

    [TestMethod]
    [DataRow("utf-8", false)]
    [DataRow("utf-8", true)]
    [DataRow("utf-16", false)]
    [DataRow("utf-16", true)]
    [DataRow("utf-16BE", false)]
    [DataRow("utf-16BE", true)]
    [DataRow("utf-32", true)]
    public void Unicode_is_known_by_its_mark_or_its_zeros(string name, bool mark)
    {
        using var run = new SampleRun();
        var encoding = Encoding.GetEncoding(name);
        File.WriteAllBytes(run.Path("data.csv"), [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Text)]);
        CollectionAssert.AreEqual(new[] { "date", "Größe" }, CsvTable.Read(run.Path("data.csv")).Names.All.ToArray());
    }

    [TestMethod]
    [DataRow("date,Gr\u00F6\u00DFe\n2024-01-01,1\n", 1, "date,Größe")]
    [DataRow("date,note\n2024-01-01,a\n2024-01-02,caf\u00E9\n", 3, "2024-01-02,café")]
    [DataRow("date,note\n2024-01-01,caf\u00E9", 2, "2024-01-01,café")]
    public void Bytes_that_are_no_characters_are_reported_with_their_line_and_what_they_may_be(string text, int line, string western)
    {
        using var run = new SampleRun();
        File.WriteAllBytes(run.Path("data.csv"), Encoding.Latin1.GetBytes(text));
        string message = Assert.ThrowsExactly<UserError>(() => CsvTable.Read(run.Path("data.csv"))).Message;
        StringAssert.Contains(message, $"line {line}: the text is not UTF-8");
        StringAssert.Contains(message, $"with --encoding windows-1252 (Western Europe) the line is '{western}'");
    }

    [TestMethod]
    public void Every_command_on_texts_takes_an_encoding()
    {
        using var run = new SampleRun();
        File.WriteAllBytes(run.Path("data.csv"),
            Encoding.Latin1.GetBytes("date,Größe\n" + string.Concat(Enumerable.Range(1, 28).Select(day => $"2024-02-{day:00},{day}\n"))));
        Assert.AreEqual(0, run.Run("forecast", "--data", run.Path("data.csv"), "--encoding", "latin1", "--context", "4", "--horizon", "1", "--architecture",
            "linear", "--epochs", "1"), run.Error);
        Assert.AreEqual("date,Größe", File.ReadLines(run.Path("out/forecasts.csv")).First());
        run.MustRefuse(["forecast", "--data", run.Path("data.csv"), "--encoding", "klingon"], "--encoding 'klingon' is not known", "windows-1252");
        foreach (string command in new[] { "compare", "learning-rate", "truncate", "export", "classify", "tag", "language", "translate" })
        {
            Assert.AreEqual(0, run.Run(command, "--help"));
            Assert.Contains("--encoding", run.Output);
        }
    }

    [TestMethod]
    [DataRow("language")]
    [DataRow("tag", "--test", "x.txt")]
    public void Other_texts_are_decoded_as_strictly(params string[] command)
    {
        using var run = new SampleRun();
        File.WriteAllBytes(run.Path("text.txt"), Encoding.Latin1.GetBytes("a O\nb O\n\ncafé O\n"));
        run.MustRefuse([.. command, "--train", run.Path("text.txt")], "line 4: the text is not UTF-8", "'café O'");
    }
}

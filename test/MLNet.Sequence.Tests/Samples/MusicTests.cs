using System.Text;
using System.Text.Json;
using MLNet.Sequence.Samples.Music;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>music, from a file of piano rolls to its results.</summary>
[TestClass]
public sealed class MusicTests
{
    private const string Pieces = """{"train": [[[60,64],[62],[],[60,64]],[[40],[41],[42]]], "valid": [[[60],[62],[64]]], "test": [[[60,64],[62],[64]]]}""";

    private static readonly string[] Small = ["--set", "lstm.hiddenSize=8", "--architectures", "lstm", "--epochs", "2", "--length", "12"];

    [TestMethod]
    public void Pieces_give_a_model_a_composition_and_json()
    {
        using var run = new SampleRun();
        Assert.AreEqual(0, run.Run(["music", "--data", run.Write("pieces.json", Pieces), .. Small, "--json", run.Path("results.json")]), run.Error);

        CollectionAssert.AreEqual(
            new[] { "out", "out/lstm-roll.svg", "out/lstm.mid", "out/lstm.zip", "out/training-lstm.html", "pieces.json", "results.json" }, run.Entries);
        using var results = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        Assert.AreEqual("music", results.RootElement.GetProperty("command").GetString());
        JsonElement metrics = results.RootElement.GetProperty("results")[0].GetProperty("metrics");
        // Eighty-eight keys with a probability of one half each cost 61 nats.
        foreach (string name in new[] { "validNll", "testNll" })
            Assert.IsTrue(metrics.GetProperty(name).GetDouble() is > 0 and < 61, name);
        MidiReading midi = MidiReading.Of(File.ReadAllBytes(run.Path("out/lstm.mid")));
        CollectionAssert.AreEqual(new[] { 60, 64 }, midi.Sounding(0));
        Assert.AreEqual(3 + 12, midi.Quarters);
    }

    [TestMethod]
    public void An_encoding_is_taken_as_by_the_other_commands()
    {
        using var run = new SampleRun();
        string file = run.Path("pieces.json");
        File.WriteAllBytes(file, [.. Encoding.Latin1.GetBytes(Pieces.Replace("{\"train\"", "{\"név\": 1, \"train\"", StringComparison.Ordinal))]);
        run.MustRefuse(["music", "--data", file], "the text is not UTF-8");
        Assert.AreEqual(0, run.Run(["music", "--data", file, "--encoding", "latin1", .. Small]), run.Error);
    }

    [TestMethod]
    public void The_programs_own_chorales_are_those_of_the_papers()
    {
        var chorales = RollFile.Read(RollFile.Shipped);
        Assert.AreEqual((229, 76, 77), (chorales.Train.Count, chorales.Valid.Count, chorales.Test.Count));
        Assert.AreEqual(13_807 * Roll.Keys, chorales.Train.Sum(piece => piece.Steps.Length));
        CollectionAssert.AreEqual(new[] { 60, 72, 79, 88 },
            Enumerable.Range(0, Roll.Keys).Where(key => chorales.Train[0].Steps[key] == 1).Select(key => key + Roll.LowestNote).ToArray());
    }

    [TestMethod]
    public void What_cannot_be_used_is_refused_in_one_message()
    {
        using var run = new SampleRun();
        void Refuse(string text, string part) => run.MustRefuse(["music", "--data", run.Write("bad.json", text)], part);
        run.MustRefuse(["music", "--architectures", "lstm,bidirectional"], "'bidirectional' also reads later steps");
        run.MustRefuse(["music", "--data", "no.json"], "There is no data file 'no.json'.");
        Refuse("{", "is not music in JSON");
        Refuse("""{"train": [[[60],[1.5]]], "valid": [], "test": []}""", "is not music in JSON");
        Refuse("[1]", "is not music in JSON");
        Refuse("""{"train": [[[60],[61]]]}""", "has no \"valid\"");
        Refuse("""{"train": [], "valid": [], "test": []}""", "has a part without pieces");
        Refuse("""{"train": [[[60],[61]],[[60],[20]]], "valid": [], "test": []}""", "train, piece 2, step 2 has the note 20; expected 21 to 108");
        Refuse("""{"train": [[[60]]], "valid": [], "test": []}""", "train, piece 1 has 1 steps; at least 2 are needed");
    }
}

using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class LstmNgramTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new LstmNgram { HiddenSize = 6, Window = 5 }),
        Case(new LstmNgram { HiddenSize = 3, Window = 4, Layers = 2, Dropout = 0.25, ForgetBias = null }),
        Case(new LstmNgram { HiddenSize = 4, Window = 2 }),
    ];

    internal override Architecture Invalid => new LstmNgram { Window = 0, HiddenSize = 0, Layers = -1, Dropout = 1, ForgetBias = double.NaN };

    internal override IReadOnlyList<string> InvalidProperties =>
    [
        nameof(LstmNgram.Window), nameof(LstmNgram.HiddenSize), nameof(LstmNgram.Layers), nameof(LstmNgram.Dropout), nameof(LstmNgram.ForgetBias),
    ];

    [TestMethod]
    public void A_window_as_long_as_the_sequence_gives_the_Lstm()
    {
        var whole = new ArchitectureCase(new Lstm { HiddenSize = 5, Layers = 2 }, 0, null);
        ArchitectureCase windowed = Case(new LstmNgram { HiddenSize = 5, Layers = 2, Window = 16 });
        using NetworkProbe expected = whole.Probe(), found = windowed.Probe();
        CollectionAssert.AreEqual(expected.Forward(whole.Input(3)), found.Forward(windowed.Input(3)));
    }

    // The weights are those of the LSTM for any window.
    [TestMethod]
    public void The_default_is_the_papers_13_gram_and_a_saved_window_stays()
    {
        // The last of the 13 words is the one that is predicted.
        Assert.AreEqual(13, new LstmNgram().Window + 1);
        Assert.AreEqual(13, ((LstmNgram)Architecture.FromJson(System.Text.Json.Nodes.JsonNode.Parse("{\"name\":\"lstm-ngram\",\"window\":13}"))).Window);
    }

    private static ArchitectureCase Case(LstmNgram lstm)
    {
        long h = lstm.HiddenSize, inputs = ArchitectureCase.Inputs;
        long first = 4 * (inputs * h + h * h + 2 * h), further = 4 * (h * h + h * h + 2 * h);
        return new ArchitectureCase(lstm, first + (lstm.Layers - 1) * further, lstm.Window);
    }
}

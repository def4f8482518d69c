using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class EmbeddingTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Embedding(5, 3), 1, "weight[5,3]") { Outputs = 3, Vocabulary = 5 },
        new(new Embedding(4, 2) { Scale = 1.5 }, 1, "weight[4,2]") { Outputs = 2, Vocabulary = 4 },
        new(new Embedding(40, 1), 1, "weight[40,1]") { Outputs = 1, Vocabulary = 40 },
    ];

    [TestMethod]
    public void Tokens_of_two_channels_are_refused() => StringAssert.Contains(
        new Embedding(5, 3).Problems(2).Single(), "one channel, their index; found 2");
}

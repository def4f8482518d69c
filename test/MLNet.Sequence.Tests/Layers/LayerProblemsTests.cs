using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>A message names the problems of all layers of a tree, each with its path.</summary>
[TestClass]
public sealed class LayerProblemsTests
{
    public static IEnumerable<object[]> Wrong =>
    [
        [new Activation((ActivationKind)9), "Kind must be one of Relu, Tanh, Sigmoid; found 9."],
        [new Branched(), "Branches must be at least 1; found 0."],
        [new CausalConv(1, 2, int.MaxValue), "receptive field of 2^31 steps"],
        [new CausalAttention(3, 1) { Rotary = false }, "Heads must be such that they divide the channels; found 3 heads for 8 channels."],
        [new ChannelSplit(new Dense(1), new Dense(1), 8), "TailChannels must be at least 1 and fewer than the channels, 8; found 8."],
        [new ChannelSplit(new Dense(1), new Dense(2), 3) { Sum = true }, "Tail must give as many channels as Head to be added, 1; found 2."],
        [new Clamp(0), "Limit must be above 0 and finite; found 0."],
        [new Embedding(1, 1), "Tokens have one channel, their index; found 8."],
        [new LstmLayer(1) { RecurrentDropout = 1 }, "RecurrentDropout must be in [0, 1); found 1."],
        [new GruLayer(1) { Contraction = new Contraction(1) }, "Contraction.Limit must be in (0, 1); found 1."],
        [new AdaptiveSoftmax(5, [3, 3]), "Cutoffs must ascend from 1 to below Vocabulary, 5; found 3, 3."],
        [new SkipSum([new Dense(1)], 1) { Conditions = 8 }, "Conditions must be at least 0 and fewer than the channels, 8; found 8."],
        [new CausalConv(1, 1, 0), "Dilation must be at least 1; found 0."],
        [new CausalConv(1, 1) { StandardDeviation = 0 }, "StandardDeviation must be above 0 and finite; found 0."],
        [new Dense(-1), "Size must be at least 1; found -1."],
        [new Dropout(1), "Rate must be in [0, 1); found 1."],
        [new GruLayer(0), "HiddenSize must be at least 1; found 0."],
        [new LruLayer(0), "States must be at least 1; found 0."],
        [new LruLayer(1) { MinRadius = 0.5, MaxRadius = 0.5 }, "the first below the second; found 0.5 and 0.5."],
        [new LruLayer(1) { MaxPhase = 0 }, "MaxPhase must be above 0"],
        [new LstmLayer(1) { ForgetBias = double.NaN }, "ForgetBias must be finite; found NaN."],
        [new MinGruLayer(0), "HiddenSize must be at least 1"],
        [new ProjectedLstmLayer(3, 0), "ProjectionSize must be at least 1; found 0."],
        [new MinLstmLayer(0), "HiddenSize must be at least 1"],
        [new ParaGruLayer(0), "HiddenSize must be at least 1"],
        [new ParaLstmLayer(0), "HiddenSize must be at least 1"],
        [new ParaLstmLayer(1) { ForgetBias = double.NaN }, "ForgetBias must be finite; found NaN."],
        [new PatchedLayer(new Dense(1), 2, 3), "Stride must be at most Length, 2, or steps would be left out; found 3."],
        [new PatchedLayer(new Dense(1), int.MaxValue, 1), "Length must leave a patch of 8 channels below 2^31 values"],
        [new Pooling((PoolingKind)9), "Kind must be one of"],
        [new Residual(new Dense(8)) { StandardDeviation = -1 }, "StandardDeviation must be above 0"],
        [new Residual(new Dense(8)) { Scale = 0 }, "Scale must be above 0 and finite; found 0."],
        [new Residual(new Dense(1)) { Conditions = 8 }, "Conditions must be at least 0 and fewer than the channels, 8; found 8."],
        [new PositionEmbedding(0), "Positions must be at least 1; found 0."],
        [new Reversed(new Windowed(new Dense(0), 1)), "inner.inner.Size must be at least 1"],
        [new RnnLayer(1) { Activation = ActivationKind.Sigmoid }, "Activation must be Tanh or Relu; found Sigmoid."],
        [new Sequential(new Dense(1), new Dense(1)) { Names = ["a", "a"] }, "Names must be 2 different names without dots; found 'a', 'a'."],
        [new Sequential(new Dense(1)) { Names = ["a.b"] }, "Names must be 1 different names without dots; found 'a.b'."],
        [new SkipSum([], 1), "Blocks must be at least 1; found 0."],
        [new SkipSum([new Dense(1)], 0), "0.skip.Size must be at least 1; found 0."],
        [new Windowed(new Reversed(new Dense(1)), 2), "Inner must be causal; found Reversed, which reads later steps as well."],
    ];

    [TestMethod]
    [DynamicData(nameof(Wrong))]
    public void What_is_wrong_with_a_layer_is_one_sentence(object layer, string expected) =>
        StringAssert.Contains(((Layer)layer).Problems(8).Single(), expected);

    [TestMethod]
    public void All_problems_of_a_tree_are_reported_with_their_paths()
    {
        var tree = new Sequential(new Dense(0), new Branched(new LstmLayer(0), new Dropout(1)) { Names = ["left", "right"] }, new Dense(6),
            new Gated(GateKind.Tanh), new Gated(GateKind.Tanh));
        CollectionAssert.AreEqual(
            new[]
            {
                "0.Size must be at least 1; found 0.",
                "1.left.HiddenSize must be at least 1; found 0.",
                "1.right.Rate must be in [0, 1); found 1.",
                "4.Channels must be even in number: half of them are gates; found 3.",
            },
            tree.Problems(3).ToArray());
    }

    [TestMethod]
    public void Trees_are_equal_where_all_their_layers_are()
    {
        Assert.AreEqual(Tree(3), Tree(3));
        Assert.AreEqual(Tree(3).GetHashCode(), Tree(3).GetHashCode());
        Assert.AreNotEqual(Tree(3), Tree(4));
        Assert.AreNotEqual(new Sequential(new Dense(1)) { Names = ["a"] }, new Sequential(new Dense(1)) { Names = ["b"] });
        Assert.AreNotEqual(new SkipSum([new Dense(1)], 1), new SkipSum([new Dense(1)], 2));
    }

    [TestMethod]
    public void Its_text_is_the_text_that_it_was_parsed_from() => Assert.AreEqual(
        "Sequential { Layers = [Branched { Branches = [Dense { Size = 1, StandardDeviation =  }, LastStep { }] }, SkipSum { Blocks = [LayerNorm { }], "
            + "SkipSize = 2, Conditions = 0 }] }",
        new Sequential(new Branched(new Dense(1), new LastStep()), new SkipSum([new LayerNorm()], 2)).ToString());

    private static Sequential Tree(int size) =>
        new Sequential(new SkipSum([new Dense(size), new Activation(ActivationKind.Relu)], 2),
            new Branched(new Dense(1), new GruLayer(2)) { Names = ["a", "b"] });
}

using System.Runtime.CompilerServices;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Generation;

/// <summary>Targets token by token, as they are predicted.</summary>
[TestClass]
public sealed class TargetStreamingTests
{
    private const string Text = "Grüße 👩‍👩‍👧 an 東京!";

    private static readonly BytePairTokenizer Bytes = BytePairTokenizer.Learn([Text, Text], 5);

    [TestMethod]
    [DataRow(null, null)]
    [DataRow(5, null)]
    [DataRow(9, 1)]
    [DataRow(9, 2)]
    public async Task The_stream_is_the_target_of_a_beam_of_one(int? most, int? repeat)
    {
        foreach (int seed in new[] { 1, 2, 3, 4 })
        {
            SequenceModel model = Model(seed);
            var search = new SequenceSearch { Width = 1, MaxLength = most, NoRepeatLength = repeat };
            double[] source = [.. Bytes.Encode("ein Text").Select(token => (double)token)];
            PredictedTarget expected = model.PredictTargets(source, search).Single();
            List<int> tokens = await All(model.StreamTarget(source, search));
            CollectionAssert.AreEqual(expected.Tokens.ToArray(), tokens.ToArray());
            Assert.AreEqual(model.PredictText("ein Text", search), string.Concat(await All(model.StreamText("ein Text", search))));
            if (most is null)
                CollectionAssert.AreEqual(tokens, await All(model.StreamTarget(source)));
        }
    }

    [TestMethod]
    public async Task No_piece_of_text_has_a_part_of_a_character()
    {
        BytePairTokenizer single = BytePairTokenizer.Learn([], 0);
        foreach (BytePairTokenizer tokenizer in new[] { single, Bytes })
        {
            List<string> pieces = await All(TargetStreaming.Pieces(Async(tokenizer.Encode(Text)), tokenizer));
            Assert.AreEqual(Text, string.Concat(pieces));
            Assert.IsTrue(pieces.All(piece => piece.Length > 0 && !piece.Contains('\uFFFD') && piece.EnumerateRunes().All(rune => Text.Contains($"{rune}"))));
        }

        int[] cut = [.. single.Encode("a😀")];
        Assert.AreEqual(single.Decode(cut[..^1]), string.Concat(await All(TargetStreaming.Pieces(Async(cut[..^1]), single))));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task It_stops_when_it_is_cancelled_and_checks_its_arguments_at_once(bool byEnumeration)
    {
        SequenceModel model = Model(1);
        var search = new SequenceSearch { Width = 1, MaxLength = 1_000_000, NoRepeatLength = 9 };
        double[] source = [.. Bytes.Encode("ein Text").Select(token => (double)token)];
        await Stops(token => model.StreamText("ein Text", search, token), byEnumeration);
        await Stops(token => model.StreamTarget(source, search, token), byEnumeration);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.StreamText("x", new SequenceSearch())).Message,
            "Search.Width must be 1 for a stream, whose tokens are final; found 4");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.StreamText("", search)).Message, "at least one");
    }

    private static async Task Stops<T>(Func<CancellationToken, IAsyncEnumerable<T>> stream, bool byEnumeration)
    {
        using var cancel = new CancellationTokenSource();
        IAsyncEnumerable<T> all = stream(byEnumeration ? default : cancel.Token);
        ConfiguredCancelableAsyncEnumerable<T> items = byEnumeration ? all.WithCancellation(cancel.Token) : all.ConfigureAwait(false);
        int seen = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (T item in items)
            {
                // An end, if nothing stops it.
                if (++seen == 3)
                    await cancel.CancelAsync();
                else if (seen > 100)
                    break;
            }
        });
        Assert.AreEqual(3, seen);
    }

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (T item in items)
            all.Add(item);
        return all;
    }

    private static async IAsyncEnumerable<int> Async(IEnumerable<int> tokens)
    {
        await Task.Yield();
        foreach (int token in tokens)
            yield return token;
    }

    private static SequenceModel Model(int seed)
    {
        TokenInput tokens = new() { Count = Bytes.Count, Keys = false, ValueType = "String", Tokenizer = Bytes, EmbeddingSize = 6 };
        SequenceInput Column(string name) => new() { Columns = [name], Scalars = false, Features = 1, Tokens = tokens };
        var task = new SequenceToSequence { Source = Column("Source"), Target = Column("Target"), LongestSource = 9, LongestTarget = 12 };
        return UntrainedModel.Make(new AttentionRnn { HiddenSize = 5 + seed }, task, ChannelScaling.None(1));
    }
}

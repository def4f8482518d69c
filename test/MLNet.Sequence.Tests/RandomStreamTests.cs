using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Tests;

/// <summary>Compares random numbers with published outputs of their generators: every seeded result of the library depends on
/// them.</summary>
[TestClass]
public sealed class RandomStreamTests
{
    [TestMethod]
    public void Seeds_are_mixed_by_SplitMix64()
    {
        // Outputs of Vigna's splitmix64.c for the seed 1234567.
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        ulong[] mixed = [.. Enumerable.Range(0, 5).Select(i => RandomStream.Mix(unchecked(1234567 + (ulong)i * RandomStream.Increment)))];
        CollectionAssert.AreEqual(published, mixed);
    }

    [TestMethod]
    public void Bits_are_those_of_xoshiro256_starstar()
    {
        // Outputs of Blackman and Vigna's xoshiro256starstar.c from the state 1, 2, 3, 4.
        ulong[] published =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625, 8476171486693032832,
            10595114339597558777, 2904607092377533576,
        ];
        var stream = new RandomStream();
        (First(stream), Second(stream), Third(stream), Fourth(stream)) = (1, 2, 3, 4);
        CollectionAssert.AreEqual(published, Enumerable.Range(0, published.Length).Select(_ => stream.NextBits()).ToArray());
    }

    [TestMethod]
    public void Seeds_and_their_order_make_the_stream()
    {
        long[][] seeds = [[], [0], [1], [0, 1], [1, 0], [0, 0]];
        Assert.HasCount(seeds.Length, seeds.Select(of => new RandomStream(of).NextBits()).ToHashSet());
        Assert.AreEqual(new RandomStream(3, 4).NextBits(), new RandomStream(3, 4).NextBits());
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_s0")]
    private static extern ref ulong First(RandomStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_s1")]
    private static extern ref ulong Second(RandomStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_s2")]
    private static extern ref ulong Third(RandomStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_s3")]
    private static extern ref ulong Fourth(RandomStream stream);
}

using MLNet.Sequence.Samples.Music;

namespace MLNet.Sequence.Tests.Samples;

[TestClass]
public sealed class MidiFileTests
{
    private const int Keys = 88;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_player_reads_the_roll(bool strike)
    {
        var random = new Random(5);
        float[][] roll = [.. Enumerable.Range(0, 200).Select(step => step % 17 == 0 ? new float[Keys] : Step(random))];
        MidiReading read = Write(roll, new MidiOptions { Strike = strike, StepsPerMinute = 90, Program = 19, Velocity = 70 });

        Assert.AreEqual(60_000_000 / 90, read.MicrosecondsPerQuarter, 1);
        Assert.AreEqual(19, read.Program);
        Assert.AreEqual(70, read.Velocity);
        Assert.AreEqual(roll.Length, read.Quarters);
        for (int step = 0; step < roll.Length; step++)
        {
            int[] expected = [.. Enumerable.Range(0, Keys).Where(key => roll[step][key] == 1).Select(key => key + 21)];
            CollectionAssert.AreEqual(expected, read.Sounding(step), $"step {step}");
        }

        int downs = roll.Sum(step => step.Count(key => key == 1));
        Assert.IsTrue(strike ? read.Strikes == downs : read.Strikes < downs);
    }

    [TestMethod]
    public void Silence_and_nothing_are_files_too()
    {
        Assert.AreEqual(300, Write([.. Enumerable.Range(0, 300).Select(_ => new float[Keys])], null).Quarters);
        Assert.AreEqual(0, Write([], null).Quarters);
    }

    [TestMethod]
    public void All_problems_come_in_one_message()
    {
        var options = new MidiOptions { LowestNote = 100, StepsPerMinute = 0, Velocity = 0, Program = 128 };
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => MidiFile.Write(Stream.Null, [new float[Keys]], options));
        foreach (string part in new[] { "88 keys from note 100", "StepsPerMinute", "Velocity", "Program" })
            StringAssert.Contains(error.Message, part);
    }

    private static float[] Step(Random random) => [.. Enumerable.Range(0, Keys).Select(_ => random.Next(10) == 0 ? 1f : 0f)];

    private static MidiReading Write(float[][] roll, MidiOptions? options)
    {
        using var stream = new MemoryStream();
        MidiFile.Write(stream, roll, options);
        return MidiReading.Of(stream.ToArray());
    }
}

using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Speech;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>speech, from WAV files to sounds, a picture and figures.</summary>
[TestClass]
public sealed class SpeechTests
{
    [TestMethod]
    public void Sound_files_give_sounds_a_picture_models_and_figures()
    {
        using var run = new SampleRun();
        string folder = Sounds(run);
        Assert.AreEqual(0, run.Run(["speech", "--data", folder, "--quick", "--epochs", "1", "--steps", "2", "--json", run.Path("results.json")]), run.Error);
        CollectionAssert.IsSubsetOf(new[] { "out/recorded.wav", "out/teacher.wav", "out/student.wav", "out/spectrograms.png", "out/teacher.zip",
            "out/student.safetensors", "results.json" }, run.Entries);
        WavSound recorded = WavFile.Read(run.Path("out/recorded.wav"), 8000), student = WavFile.Read(run.Path("out/student.wav"), 8000);
        Assert.HasCount(recorded.Samples.Count, student.Samples);
        byte[] picture = File.ReadAllBytes(run.Path("out/spectrograms.png"));
        CollectionAssert.AreEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }, picture[..4]);
        using var json = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        double[] grams = [.. json.RootElement.GetProperty("gramBits").EnumerateArray().Select(bits => bits.GetDouble())];
        Assert.HasCount(4, grams);
        // A uniform guess has 8 bits; long n-grams of so few samples are worse.
        Assert.IsTrue(grams.All(bits => bits > 0) && grams.Min() < 8, string.Join(", ", grams));
        foreach ((string figure, string[] parts) in new[] { ("parameters", new[] { "teacher", "lstm", "student" }),
            ("judged", ["recorded", "own", "student", "silence"]), ("bands", ["student", "silence"]), ("speed", ["recomputed", "stepped", "student"]) })
        {
            foreach (string part in parts)
                Assert.IsGreaterThan(0, json.RootElement.GetProperty(figure).GetProperty(part).GetDouble());
        }
    }

    [TestMethod]
    public void Another_rate_and_too_few_files_are_refused()
    {
        using var run = new SampleRun();
        string folder = Sounds(run);
        WavFile.Write(Path.Combine(folder, "b.wav"), new float[1000], 16000);
        run.MustRefuse(["speech", "--data", folder], "has 16000 samples per second; expected 8000.");
        run.MustRefuse(["speech", "--data", run.Path("none")], "there is no folder");
        File.Delete(Path.Combine(folder, "b.wav"));
        File.Delete(Path.Combine(folder, "c.wav"));
        run.MustRefuse(["speech", "--data", folder], "has 2 WAV files; at least 3 are needed");
        run.MustRefuse(["speech", "--made", "--utterances", "5"], "at least 6 are needed");
        run.MustRefuse(["speech", "--data", folder, "--made"], "--data and --made exclude each other.");
    }

    [TestMethod]
    public void Short_files_are_refused_before_training_and_files_beyond_those_asked_for_are_not_read()
    {
        using var run = new SampleRun();
        string folder = Sounds(run);
        WavFile.Write(Path.Combine(folder, "b.WAV"), new float[1000], SpokenData.Rate);
        run.MustRefuse(["speech", "--data", folder], "b.WAV' has 1000 samples; expected more than 1000");
        File.Delete(Path.Combine(folder, "b.WAV"));
        WavFile.Write(Path.Combine(folder, "z.wav"), [], SpokenData.Rate);
        Assert.HasCount(4, SpokenData.Files(folder, 4));
        run.MustRefuse(["speech", "--data", folder], "z.wav' has 0 samples");
    }

    [TestMethod]
    public void A_voice_that_fails_says_why_and_one_that_is_absent_is_none()
    {
        using var run = new SampleRun();
        Assert.IsNull(SpokenData.Espeak(1, default, run.Path("no-such-program")));
        if (OperatingSystem.IsWindows())
            return;
        string program = run.Path("voice.sh");
        File.WriteAllText(program, "#!/bin/sh\necho no such voice $2 >&2\nexit 3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        StringAssert.Contains(
            Assert.ThrowsExactly<UserError>(() => SpokenData.Espeak(1, default, program)).Message, "failed with exit code 3: no such voice en-us.");
    }

    [TestMethod]
    public void N_grams_are_witten_and_bells()
    {
        // After 1 came 2 twice and 3 once: c = 3, T = 2. Of the followers, 2 came twice, 3 and 1 twice each: c = 6.
        byte[][] rows = [[1, 2, 1, 2], [1, 3, 1]];
        double One(int count) => (count + 3 * (1.0 / 256)) / (5 + 3);
        double expected = -Math.Log2((2 + 2 * One(2)) / (3 + 2));
        Assert.AreEqual(expected, new ClassGrams(rows).Bits(2, [[1, 2]]), 1e-9);
    }

    [TestMethod]
    public void A_tone_keeps_its_height_and_its_frames_know_it()
    {
        float[] tone = [.. Enumerable.Range(0, 22050).Select(t => 0.5f * MathF.Sin(2 * MathF.PI * 200 * t / 22050))];
        float[] lower = Resampler.To(8000, tone, 22050);
        Assert.HasCount(8000, lower);
        for (int t = 200; t < 7800; t++)
            Assert.AreEqual(0.5 * Math.Sin(2 * Math.PI * 200 * t / 8000), lower[t], 0.01);
        // 200 Hz are 40 samples: log2(140 / 40) octaves above the lowest pitch.
        float[] frame = SoundFrames.Of(lower)[(50 * SoundFrames.Size)..(51 * SoundFrames.Size)];
        Assert.AreEqual(Math.Log2(140.0 / 40), frame[^1], 0.05);
        Assert.IsGreaterThan(0.9f, frame[^2]);
    }

    // Four sounds that are hardly longer than a piece of the distillation.
    internal static string Sounds(SampleRun run)
    {
        string folder = run.Path("sounds.d");
        Directory.CreateDirectory(folder);
        int i = 0;
        foreach (Utterance one in SpokenData.Made(4))
            WavFile.Write(Path.Combine(folder, $"{(char)('a' + i++)}.wav"), one.Samples.AsSpan(0, 1040), SpokenData.Rate);
        return folder;
    }
}

/// <summary>The options of speech.</summary>
[TestClass]
public sealed class SpeechOptionTests() : OptionContract("speech", "--quick --data @sounds.d --epochs 1 --steps 1 --json @results.json")
{
    // A training takes its time: one run shows the effects of several options, each by something else.
    private const string Much = "--epochs 2 --steps 2 --utterances 3 --out @elsewhere !--json";

    internal override IEnumerable<OptionCase> Cases =>
    [
        new("--data", "", seen => seen.Found("in ([0-9]+) utterances"), "!--data --made --utterances 6"),
        new("--made", "!--data --made --utterances 6", seen => $"{seen.Found("a (made signal)")} {seen.Error}"),
        new("--utterances", Much, seen => seen.Found("in ([0-9]+) utterances")),
        new("--epochs", Much, seen => seen.Found("wave-net: .* ([0-9]+) epochs")),
        new("--steps", Much, seen => seen.Found("per sample: ([0-9. ]+)").Split(' ').Length.ToString(CultureInfo.InvariantCulture)),
        new("--seed", "--seed 2", seen => seen.Bytes("teacher.wav") + seen.Bytes("student.wav")),
        new("--quick", "", seen => seen.Found("wave-net: ([0-9,]+) parameters"), "!--quick --utterances 3"),
        new("--out", Much, seen => seen.Has("../elsewhere/student.wav")),
        new("--json", Much, seen => seen.Has("../results.json")),
    ];

    internal override void WriteFiles() => SpeechTests.Sounds(Files);
}

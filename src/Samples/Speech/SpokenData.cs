using System.ComponentModel;
using System.Diagnostics;

namespace MLNet.Sequence.Samples.Speech;

/// <summary>Where the sound comes from: files, espeak-ng, or, without either, a made signal.</summary>
internal static class SpokenData
{
    /// <summary>Samples per second of all sound that is made here.</summary>
    public const int Rate = 8000;

    // ENOENT, and the same number on Windows.
    private const int NoSuchFile = 2;

    private static readonly (string Speaker, string Voice)[] Voices = [("low", "en-us"), ("high", "en-us+f3")];

    /// <summary>The first WAV files of a folder by name, each an utterance of one speaker, at one rate.</summary>
    /// <exception cref="UserError">There are none, or a file is too short, or not mono sound of 16 bits and 8 kHz.</exception>
    public static IReadOnlyList<Utterance> Files(string folder, int most)
    {
        if (!Directory.Exists(folder))
            throw new UserError($"--data: there is no folder '{folder}'.");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.wav", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
            .Order(StringComparer.Ordinal)];
        if (files.Length < 3)
            throw new UserError($"--data: '{folder}' has {files.Length} WAV files; at least 3 are needed, to train, validate and test on.");
        try
        {
            return [.. files.Take(most).Select(ReadFile)];
        }
        catch (FormatException wrong)
        {
            throw new UserError($"--data: {wrong.Message}");
        }
    }

    /// <summary>Sentences as espeak-ng says them, by two voices in turn; null if the program is not installed.</summary>
    /// <exception cref="UserError">The program failed.</exception>
    public static IReadOnlyList<Utterance>? Espeak(int sentences, CancellationToken cancellation, string program = "espeak-ng")
    {
        string folder = Directory.CreateTempSubdirectory("speech-").FullName;
        try
        {
            return [.. Sentences.All.Take(sentences).Select((sentence, i) =>
            {
                cancellation.ThrowIfCancellationRequested();
                (string speaker, string voice) = Voices[i % Voices.Length];
                string file = Path.Combine(folder, $"{i}.wav");
                Say(program, ["-v", voice, "-s", "150", "-w", file, sentence]);
                WavSound sound = WavFile.Read(file);
                return new Utterance(speaker, Resampler.To(Rate, sound.Samples.ToArray(), sound.Rate));
            })];
        }
        catch (Win32Exception missing) when (missing.NativeErrorCode == NoSuchFile)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A made signal, which needs nothing: voiced tones of moving pitch with three resonances, noise, and silence between them.</summary>
    public static IReadOnlyList<Utterance> Made(int utterances)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, utterances).Select(i => new Utterance(i % 2 == 0 ? "low" : "high", Tones(random, i % 2 == 0 ? 110 : 210)))];
    }

    private static Utterance ReadFile(string file)
    {
        float[] samples = [.. WavFile.Read(file, Rate).Samples];
        return samples.Length > SpeechRun.PieceLength ? new Utterance("one", samples)
            : throw new UserError($"--data: '{file}' has {samples.Length} samples; expected more than {SpeechRun.PieceLength}, an eighth of a second. "
                + "Leave it out.");
    }

    private static void Say(string program, string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new UserError($"{program} failed with exit code {process.ExitCode}{(said.Length > 0 ? $": {said}" : "")}. Mend it, or use --made or --data.");
    }

    private static float[] Tones(Random random, double pitch)
    {
        var samples = new List<float>();
        double phase = 0;
        for (int part = 0; part < 4; part++)
        {
            (double from, double to) = (pitch * (0.85 + 0.3 * random.NextDouble()), pitch * (0.85 + 0.3 * random.NextDouble()));
            double[] peaks = [300 + 500 * random.NextDouble(), 900 + 1200 * random.NextDouble(), 2300 + 600 * random.NextDouble()];
            int length = 800 + random.Next(800), kind = random.Next(5);
            for (int t = 0; t < length; t++)
            {
                double f = from + (to - from) * t / length, loud = kind == 0 ? 0 : 0.5 * Math.Sin(Math.PI * t / length), value = 0;
                phase += 2 * Math.PI * f / Rate;
                for (int k = 1; k * f < 3600 && kind > 1; k++)
                    value += Math.Sin(k * phase) / k * peaks.Sum(peak => Math.Exp(-Math.Pow((k * f - peak) / 220, 2)) + 0.02);
                double noise = random.NextDouble() - 0.5;
                samples.Add((float)(loud * (kind == 1 ? 0.3 * noise : 0.6 * value + 0.01 * noise)));
            }
        }

        return [.. samples];
    }
}

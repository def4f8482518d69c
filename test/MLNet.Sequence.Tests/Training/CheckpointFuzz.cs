using MLNet.Sequence.Tests.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

/// <summary>
/// Resumes from changed checkpoints. Each ends in a <see cref="FormatException"/> that names the file, or continues. If the checksum was
/// not corrected, the result has the bits of a run from the unchanged file. Otherwise the weights are finite, or training stops with its
/// usual message. The number of a file and the seed decide everything.
/// </summary>
internal sealed class CheckpointFuzz(long seed) : IDisposable
{
    private static readonly (FuzzedRun Run, TrainingOptions Options, byte[] File, float[] Resumed)[] Files = [.. FuzzedRun.All.SelectMany(Written)];

    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("fuzzed-checkpoints-").FullName, "checkpoint-000000001-epoch-0001-ab.safetensors");

    public FuzzOutcome Try(long number)
    {
        var random = new RandomStream(seed, number);
        (FuzzedRun run, TrainingOptions options, byte[] file, float[] resumed) = Files[random.NextInt64(Files.Length)];
        bool inside = random.NextInt64(10) >= 3;
        byte[] changed = inside ? FuzzedCheckpoint.Inside(file, random) : ByteMutation.Apply(file, random);
        return FuzzRun.Judge("checkpoint", changed, bytes => Resume(run, options, bytes, inside ? null : resumed));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private Func<string?> Resume(FuzzedRun run, TrainingOptions options, byte[] file, float[]? expected)
    {
        File.WriteAllBytes(_path, file);
        float[] weights;
        try
        {
            TrainingCheckpoints.SeedOf(_path);
            weights = run.Train(options with { ResumeFrom = _path });
        }
        catch (FormatException refused) when (!refused.Message.Contains(_path, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The message does not name the file.", refused);
        }
        catch (InvalidOperationException stopped) when (expected is null && stopped.Message.StartsWith("Training stopped:", StringComparison.Ordinal))
        {
            return () => null;
        }

        return () => !weights.All(float.IsFinite) ? "weights are no numbers"
            : expected is null || expected.AsSpan().SequenceEqual(weights) ? null : "the weights differ from those of the file as it was";
    }

    // One at the end of the first epoch and one inside an epoch; each continues for one step.
    private static IEnumerable<(FuzzedRun, TrainingOptions, byte[], float[])> Written(FuzzedRun run)
    {
        foreach (TrainingOptions part in new[] { run.Options with { Epochs = 1 }, run.Options with { MaxSteps = run.Inside } })
        {
            string folder = Directory.CreateTempSubdirectory("fuzzed-checkpoints-").FullName;
            run.Train(part with { Checkpoints = new CheckpointOptions { Directory = folder } });
            string file = TrainingCheckpoints.Newest(folder)!;
            TrainingOptions next = run.Options with { MaxSteps = CheckpointName.Of(file)!.Value.Step + 1 };
            float[] resumed = run.Train(next with { ResumeFrom = file });
            yield return (run, next, File.ReadAllBytes(file), resumed);
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace MLNet.Sequence.Training;

/// <summary>The content of a checkpoint's file name: run, steps, completed epochs, and whether it is inside an epoch.</summary>
/// <param name="Run">The run; "" in checkpoints of earlier versions.</param>
/// <param name="Step">Completed optimiser steps.</param>
/// <param name="Epochs">Completed epochs.</param>
/// <param name="Inside">Whether another epoch has begun.</param>
internal readonly partial record struct CheckpointName(string Run, long Step, int Epochs, bool Inside)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"checkpoint-{Step:D9}-epoch-{Epochs:D4}{(Inside ? "+" : "")}-{Run}.safetensors");

    /// <summary>Null if the file is not a checkpoint.</summary>
    public static CheckpointName? Of(string path)
    {
        Match match = Form().Match(Path.GetFileName(path));
        return match.Success && long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out long step)
            && int.TryParse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out int epochs)
            ? new CheckpointName(match.Groups[4].Value, step, epochs, match.Groups[3].Length > 0)
            : null;
    }

    [GeneratedRegex(@"^checkpoint-(\d{9,})-epoch-(\d{4,})(\+?)(?:-([0-9a-f]+))?\.safetensors$")]
    private static partial Regex Form();
}

/// <summary>The checkpoints in a folder; they may belong to several runs.</summary>
internal static class CheckpointFolder
{
    /// <summary>A unique name for a run.</summary>
    public static string NewRun() => Guid.NewGuid().ToString("N")[..12];

    /// <summary>The newest checkpoint of the run that wrote last; null when there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="written">When a checkpoint was written; used only if there are several runs.</param>
    public static string? Newest(string folder, Func<string, long> written)
    {
        string[] newest = [.. All(folder).GroupBy(file => file.Name.Run).Select(run => run.Last().Path)];
        return newest.Length < 2 ? newest.SingleOrDefault() : newest.MaxBy(written);
    }

    /// <summary>Whether a checkpoint is the last of its run in its folder.</summary>
    public static bool IsLast(string file) =>
        CheckpointName.Of(file) is { } name && All(Path.GetDirectoryName(Path.GetFullPath(file))!).Last(other => other.Name.Run == name.Run).Name == name;

    /// <summary>The file names of the checkpoints of other runs.</summary>
    public static string[] Foreign(string folder, string run) => Directory.Exists(folder)
        ? [.. All(folder).Where(file => file.Name.Run != run).Select(file => Path.GetFileName(file.Path))]
        : [];

    /// <summary>Deletes the checkpoints of a run, except the last ones and the one of its best epoch.</summary>
    public static void Prune(string folder, TrainingState state, int keep)
    {
        foreach ((string path, CheckpointName name) in All(folder).Where(file => file.Name.Run == state.Run).SkipLast(keep))
        {
            if (name.Inside || name.Epochs != state.BestEpoch)
                File.Delete(path);
        }
    }

    /// <summary>Checks the folders that training will write to, before it begins.</summary>
    /// <exception cref="IOException">A folder cannot be created or written to; the message names it.</exception>
    public static void MustBeWritable(TrainingOptions options)
    {
        MustBeWritable(options.Checkpoints?.Directory, "Training.Checkpoints.Directory");
        MustBeWritable(options.TensorBoardDirectory, "Training.TensorBoardDirectory");
    }

    /// <summary>Creates a folder and writes to it.</summary>
    /// <param name="folder">The folder; null: none is needed.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <exception cref="IOException">The folder cannot be created or written to.</exception>
    public static void MustBeWritable(string? folder, string option)
    {
        if (folder is null)
            return;
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException(
                $"{option} is '{folder}', which cannot be written to: {exception.Message} Name a folder that this process may create and write to.", exception);
        }
    }

    // In the order of writing within a run.
    private static IEnumerable<(string Path, CheckpointName Name)> All(string folder) =>
        from path in Directory.EnumerateFiles(folder, "checkpoint-*.safetensors")
        let name = CheckpointName.Of(path)
        where name is not null
        orderby name.Value.Step, name.Value.Epochs, name.Value.Inside, name.Value.Run
        select (path, name.Value);
}

using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Checkpoints in a folder: safetensors files with weights, best weights and the optimiser's tensors, and the state of the
/// run as JSON in their metadata. Written under a temporary name and then renamed, so a killed process leaves only complete files.
/// </summary>
internal sealed class TrainingCheckpoints(CheckpointOptions options, Ranks ranks)
{
    /// <summary>Names of tensors.</summary>
    public const string Values = "values", Best = "best", OptimizerPrefix = "optimizer.", StatePrefix = "state.";

    private const int LongestReason = 1_000;

    private double _secondsAtLast;

    /// <summary>Whether the time between checkpoints has passed.</summary>
    public bool IsDue(TrainingState state) => options.Every is { } every && state.Seconds - _secondsAtLast >= every.TotalSeconds;

    /// <summary>Whether a checkpoint is due at the end of an epoch.</summary>
    public bool IsDueAfterEpoch(TrainingState state) =>
        options.EveryEpochs is { } epochs && state.Epochs.Count % epochs == 0 || IsDue(state);

    /// <summary>Writes a checkpoint: all ranks call it, and the first one writes.</summary>
    public void Save(TrainingState state, CheckpointedRun run)
    {
        _secondsAtLast = state.Seconds;
        Weights states = ranks.Gather(StatesOf(state, run));
        if (!ranks.IsFirst)
            return;
        Directory.CreateDirectory(options.Directory);
        var file = new CheckpointName(state.Run, state.Step, state.Epochs.Count, Inside: state.Batch > 0);
        AtomicFile.Write(Path.Combine(options.Directory, file.ToString()), stream => Write(stream, state, run, states));
        CheckpointFolder.Prune(options.Directory, state, options.Keep);
    }

    /// <summary>Writes a checkpoint of one rank alone.</summary>
    public static void Write(Stream stream, TrainingState state, CheckpointedRun run) => Write(stream, state, run, StatesOf(state, run));

    private static void Write(Stream stream, TrainingState state, CheckpointedRun run, Weights states)
    {
        using var scope = NewDisposeScope();
        var tensors = new Weights();
        tensors.Add(Flat(Values, run.Network.Parameters.Values));
        if (run.Best.Values is { } values)
            tensors.Add(Flat(Best, values));
        foreach ((string name, Tensor tensor) in run.Step.Optimizer.Tensors)
            tensors.Add(Flat(OptimizerPrefix + name, tensor));
        foreach (Weight carried in states)
            tensors.Add(carried);
        state.Written = DateTime.UtcNow.Ticks;
        Safetensors.Write(stream, tensors, JsonSerializer.Serialize(state, TrainingJson.Default.TrainingState));
    }

    // The first batch of an epoch has no carried state.
    private static Weights StatesOf(TrainingState state, CheckpointedRun run)
    {
        using var scope = NewDisposeScope();
        var states = new Weights();
        foreach ((string name, Tensor tensor) in state.Batch > 0 ? run.Step.States : [])
            states.Add(new Weight(StatePrefix + name, [.. tensor.shape.Select(size => (int)size)], Floats(tensor)));
        return states;
    }

    /// <summary>The newest checkpoint in a folder, or the file itself; null if the folder has none or is missing.</summary>
    /// <exception cref="FileNotFoundException">The path looks like a file, which does not exist.</exception>
    public static string? Newest(string path)
    {
        if (File.Exists(path))
            return path;
        if (Directory.Exists(path))
            return CheckpointFolder.Newest(path, WrittenAt);
        return Path.HasExtension(path) ? throw new FileNotFoundException($"There is no checkpoint '{path}' to resume from.", path) : null;
    }

    /// <summary>The seed of the run that would be resumed; null if there is none.</summary>
    public static long? SeedOf(string? path) => path is not null && Newest(path) is { } file ? ReadState(file).Seed : null;

    /// <summary>Reads a checkpoint into the tensors of a run and returns its state.</summary>
    /// <exception cref="FormatException">The file is not a checkpoint, is damaged, or belongs to another run; the message names the
    /// difference.</exception>
    public static TrainingState Load(string file, CheckpointedRun run)
    {
        TrainingFingerprint.MustBeThere(file, ReadState(file));
        (Weights tensors, TrainingState state) = Checked(file, () =>
        {
            Weights read = Safetensors.Read(File.ReadAllBytes(file), out string? json);
            return (read, Parse(json));
        });
        TrainingFingerprint.MustMatch(file, state, run.Fresh);
        Checked(file, () => CheckpointCheck.MustFit(state, tensors, run));
        Put(state, tensors, run);
        return state;
    }

    /// <summary>Reads what <see cref="Write(Stream, TrainingState, CheckpointedRun)"/> wrote of the same run.</summary>
    public static TrainingState Load(byte[] written, CheckpointedRun run)
    {
        Weights tensors = Safetensors.Read(written, out string? json);
        TrainingState state = Parse(json);
        Put(state, tensors, run);
        return state;
    }

    private static void Put(TrainingState state, Weights tensors, CheckpointedRun run)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        run.Network.Parameters.Values.copy_(from_array(tensors[Values].Values.Items));
        if (tensors.TryGet(Best, out Weight? kept))
            run.Best.Keep(from_array(kept.Values.Items).to(run.Network.Device));
        run.Step.Optimizer.Steps = state.Step;
        foreach ((string name, Tensor tensor) in run.Step.Optimizer.Tensors)
            tensor.copy_(from_array(tensors[OptimizerPrefix + name].Values.Items));
        foreach (Weight carried in tensors.Where(tensor => tensor.Name.StartsWith(StatePrefix, StringComparison.Ordinal)))
        {
            Tensor values = from_array(carried.Values.Items).view([.. carried.Shape.Select(size => (long)size)]);
            run.Step.PutState(carried.Name[StatePrefix.Length..], values.to(run.Network.Device));
        }
    }

    private static TrainingState ReadState(string file) => Checked(file, () =>
    {
        using FileStream stream = File.OpenRead(file);
        return Parse(Safetensors.ReadMetadata(stream));
    });

    private static TrainingState Parse(string? json) =>
        json is not null && JsonSerializer.Deserialize(json, TrainingJson.Default.TrainingState) is { } state
            && state is { Fingerprints: not null, Epochs: { } epochs, Run: not null } && !epochs.Contains(null!)
            ? state
            : throw new FormatException("it holds no complete training state");

    private static T Checked<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception
            is FormatException or JsonException or KeyNotFoundException or ArgumentException
            or InvalidOperationException or OverflowException or EndOfStreamException)
        {
            using FileStream stream = File.OpenRead(file);
            if (FileKind.Of(stream) is { } kind && kind != FileKind.Safetensors && kind != FileKind.Unknown)
                throw new FormatException($"'{file}' is not a checkpoint of MLNet.Sequence: {kind}", exception);
            string why = exception.Message.Length > LongestReason ? $"{exception.Message.AsSpan(0, LongestReason)} …" : exception.Message;
            throw new FormatException($"'{file}' is damaged, or not a checkpoint of MLNet.Sequence: {why}", exception);
        }
    }

    // An unreadable file of another run is ignored.
    private static long WrittenAt(string file)
    {
        try
        {
            return ReadState(file).Written;
        }
        catch (FormatException)
        {
            return -1;
        }
    }

    private static Weight Flat(string name, Tensor tensor) =>
        new(name, [checked((int)tensor.numel())], Floats(tensor));

    private static float[] Floats(Tensor tensor) => tensor.cpu().contiguous().data<float>().ToArray();
}

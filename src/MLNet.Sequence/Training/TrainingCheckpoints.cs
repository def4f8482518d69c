using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Checkpoints in a folder: safetensors files with weights, best weights and the optimiser's tensors, and the state of the
/// run as JSON in their metadata. Written under a temporary name and renamed, so a killed process leaves whole files only.
/// </summary>
internal sealed partial class TrainingCheckpoints(CheckpointOptions options)
{
    private const string Values = "values", Best = "best", OptimizerPrefix = "optimizer.", StatePrefix = "state.";

    private double _secondsAtLast;

    /// <summary>Whether the time between checkpoints has passed.</summary>
    public bool IsDue(TrainingState state) => options.Every is { } every && state.Seconds - _secondsAtLast >= every.TotalSeconds;

    /// <summary>Whether an epoch's end is one that is to be kept.</summary>
    public bool IsDueAfterEpoch(TrainingState state) =>
        options.EveryEpochs is { } epochs && state.Epochs.Count % epochs == 0 || IsDue(state);

    public void Save(TrainingState state, TorchParameters parameters, TrainingStep step, BestWeights best)
    {
        Directory.CreateDirectory(options.Directory);
        using var scope = NewDisposeScope();
        var tensors = new Weights();
        tensors.Add(Flat(Values, parameters.Values));
        if (best.Values is { } values)
            tensors.Add(Flat(Best, values));
        foreach ((string name, Tensor tensor) in step.Optimizer.Tensors)
            tensors.Add(Flat(OptimizerPrefix + name, tensor));
        foreach ((string name, Tensor tensor) in step.State?.Tensors ?? new Dictionary<string, Tensor>())
            tensors.Add(new Weight(StatePrefix + name, [.. tensor.shape.Select(size => (int)size)], Floats(tensor)));
        string json = JsonSerializer.Serialize(state, TrainingJson.Default.TrainingState);
        string name_ = string.Create(CultureInfo.InvariantCulture, $"checkpoint-{state.Step:D9}-epoch-{state.Epochs.Count:D4}{(state.Batch == 0 ? "" : "+")}.safetensors");
        AtomicFile.Write(Path.Combine(options.Directory, name_), stream => Safetensors.Write(stream, tensors, json));
        _secondsAtLast = state.Seconds;
        Prune(state);
    }

    /// <summary>The newest checkpoint in a folder, or the file itself; null when a folder has none or is not there.</summary>
    /// <exception cref="FileNotFoundException">The path looks like a file, and there is none.</exception>
    public static string? Newest(string path)
    {
        if (File.Exists(path))
            return path;
        if (Directory.Exists(path))
            return All(path).LastOrDefault();
        return Path.HasExtension(path) ? throw new FileNotFoundException($"There is no checkpoint '{path}' to resume from.", path) : null;
    }

    /// <summary>The seed of the run that would be resumed; null where there is none.</summary>
    public static long? SeedOf(string? path) => path is not null && Newest(path) is { } file ? Read(file).State.Seed : null;

    /// <summary>Reads a checkpoint into the tensors of a run and returns its state.</summary>
    /// <exception cref="FormatException">The file is no checkpoint, damaged, or of another run.</exception>
    public static TrainingState Load(string file, TrainingState fresh, TorchParameters parameters, TrainingStep step, BestWeights best)
    {
        (Weights tensors, TrainingState state) = Read(file);
        if (state.Fingerprint != fresh.Fingerprint)
            throw new FormatException($"The checkpoint '{file}' is of another run. It has:\n{state.Fingerprint}\nThis run has:\n{fresh.Fingerprint}");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        parameters.Values.copy_(from_array(tensors[Values].Values.Items));
        if (tensors.TryGet(Best, out Weight? kept))
            best.Keep(from_array(kept.Values.Items).to(parameters.Device));
        step.Optimizer.Steps = state.Step;
        foreach ((string name, Tensor tensor) in step.Optimizer.Tensors)
            tensor.copy_(from_array(tensors[OptimizerPrefix + name].Values.Items));
        foreach (Weight carried in tensors.Where(tensor => tensor.Name.StartsWith(StatePrefix, StringComparison.Ordinal)))
            step.State?.Put(carried.Name[StatePrefix.Length..], from_array(carried.Values.Items).view([.. carried.Shape.Select(size => (long)size)]).to(parameters.Device));
        return state;
    }

    private static (Weights Tensors, TrainingState State) Read(string file)
    {
        try
        {
            Weights tensors = Safetensors.Read(File.ReadAllBytes(file), out string? json);
            TrainingState? state = json is null ? null : JsonSerializer.Deserialize(json, TrainingJson.Default.TrainingState);
            return (tensors, state ?? throw new FormatException("it holds no training state"));
        }
        catch (Exception exception) when (exception is FormatException or JsonException or KeyNotFoundException or ArgumentException)
        {
            throw new FormatException($"'{file}' is damaged, or no checkpoint of MLNet.Sequence: {exception.Message}", exception);
        }
    }

    private void Prune(TrainingState state)
    {
        string best = string.Create(CultureInfo.InvariantCulture, $"-epoch-{state.BestEpoch:D4}.");
        foreach (string file in All(options.Directory).SkipLast(options.Keep))
        {
            if (!file.Contains(best, StringComparison.Ordinal))
                File.Delete(file);
        }
    }

    private static IEnumerable<string> All(string directory) =>
        Directory.EnumerateFiles(directory, "checkpoint-*.safetensors").Where(file => Name().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal);

    private static Weight Flat(string name, Tensor tensor) =>
        new(name, [checked((int)tensor.numel())], Floats(tensor));

    private static float[] Floats(Tensor tensor) => tensor.cpu().contiguous().data<float>().ToArray();

    [GeneratedRegex(@"^checkpoint-\d{9}-epoch-\d{4}\+?\.safetensors$")]
    private static partial Regex Name();
}

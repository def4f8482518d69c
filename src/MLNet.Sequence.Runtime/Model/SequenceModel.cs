using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// A fitted sequence model: network, scaling, column bindings and training report. Immutable; any number of threads may use it.
/// </summary>
public sealed class SequenceModel
{
    private readonly Lazy<ManagedNetwork> _managed;
    private ValueDecoding? _decoding;

    internal SequenceModel(Architecture architecture, SequenceTask task, Weights weights, SeriesScaling scaling, TrainingReport report)
    {
        (Architecture, Task, Weights, Scaling, Report) = (architecture, task, weights, scaling, report);
        Network = BuildNetwork(architecture, task);
        weights.MustFit(Network.AllWeights());
        _managed = new Lazy<ManagedNetwork>(() => new ManagedNetwork(Network, weights));
    }

    /// <summary>The architecture that was trained, with its hyper-parameters.</summary>
    public Architecture Architecture { get; }

    /// <summary>What it is for, with the columns that it reads.</summary>
    public SequenceTask Task { get; }

    /// <summary>The network: what it reads, and its nodes of layers, the backbone and the head among them.</summary>
    public NetworkPlan Network { get; }

    /// <summary>The weights that training found, by their paths in <see cref="Network"/>.</summary>
    public Weights Weights { get; }

    /// <summary>The scaling that was fitted on the training rows.</summary>
    public SeriesScaling Scaling { get; }

    /// <summary>
    /// What values the inputs had in training, as the network saw them; null where that is not known: a model of an older file.
    /// </summary>
    public InputRange? InputRange { get; init; }

    /// <summary>How the model was trained: epochs, losses, seed, device, versions.</summary>
    public TrainingReport Report { get; }

    /// <summary>SHA-256 of the file that it was read from; null where it was not. States of sessions of earlier versions name it.</summary>
    internal byte[]? FileHash { get; init; }

    /// <summary>How many values training could change, over all weights.</summary>
    public long ParameterCount => Weights.ValueCount;

    /// <summary>The network in plain C#, made when it is first asked for.</summary>
    internal ManagedNetwork Managed => _managed.Value;

    /// <summary>How what the network gives becomes the prediction; made once, since every call asks for it.</summary>
    internal ValueDecoding Decoding => _decoding ??= Task.Decoded;

    /// <summary>Writes the model to a file: first under a temporary name beside it, then renamed.</summary>
    /// <param name="path">The file, which is replaced if it is there; its folder must be.</param>
    /// <exception cref="IOException">The file cannot be written; nothing is left half-written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Writes the model to a stream, in the form of a file.</summary>
    /// <param name="stream">Where; it stays open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ModelFile.Write(stream, this);
    }

    /// <summary>Reads a model from a file and checks it against its checksum.</summary>
    /// <param name="path">A file of <see cref="Save(string)"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It is no model, damaged, or of a newer format; the message names the file and says which.</exception>
    public static SequenceModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException(Directory.Exists(path) ? $"'{path}' is a folder; expected "
                + "a model file." : $"There is no model file '{path}'.", path);
        using FileStream stream = File.OpenRead(path);
        return ModelFile.Read(stream, $"'{path}'");
    }

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="stream">What <see cref="Save(Stream)"/> wrote, and nothing behind it; it stays open.</param>
    /// <exception cref="FormatException">It is no model, damaged, or of a newer format.</exception>
    public static SequenceModel Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ModelFile.Read(stream, "The stream");
    }

    /// <summary>An architecture's layers, as a task asks for them.</summary>
    internal static Layer Backbone(Architecture architecture, SequenceTask task) => architecture.Build(task.ContextLength, task.Conditions);

    /// <exception cref="ArgumentException">The layers do not fit the task's channels; lists all problems.</exception>
    internal static NetworkPlan BuildNetwork(Architecture architecture, SequenceTask task)
    {
        NetworkPlan network = task.BuildNetwork(Backbone(architecture, task));
        string[] problems = [.. network.Problems()];
        return problems.Length == 0
            ? network
            : throw new ArgumentException($"The layers of {architecture.GetType().Name} do not fit the data's {task.InputSize} channels: "
                + $"{string.Join(" ", problems)}");
    }
}

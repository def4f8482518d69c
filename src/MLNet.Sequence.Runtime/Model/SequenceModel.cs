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

    /// <summary>The task, with the columns that it reads.</summary>
    public SequenceTask Task { get; }

    /// <summary>The network: its inputs, and its nodes of layers, which include the backbone and the head.</summary>
    public NetworkPlan Network { get; }

    /// <summary>The weights that training found, by their paths in <see cref="Network"/>.</summary>
    public Weights Weights { get; }

    /// <summary>The scaling that was fitted on the training rows.</summary>
    public SeriesScaling Scaling { get; }

    /// <summary>
    /// The range of the inputs in training, as the network saw them; null if it is not known: in a model of an older file.
    /// </summary>
    public InputRange? InputRange { get; init; }

    /// <summary>How the model was trained: epochs, losses, seed, device, versions.</summary>
    public TrainingReport Report { get; }

    /// <summary>SHA-256 of the file that it was read from; null otherwise. Session states of earlier versions contain it.</summary>
    internal byte[]? FileHash { get; init; }

    /// <summary>The number of values that training could change, over all weights.</summary>
    public long ParameterCount => Weights.ValueCount;

    /// <summary>The network in plain C#, made at the first call.</summary>
    internal ManagedNetwork Managed => _managed.Value;

    /// <summary>How the network's output becomes the prediction; made once, because every call uses it.</summary>
    internal ValueDecoding Decoding => _decoding ??= Task.Decoded;

    /// <summary>Writes the model to a file: first under a temporary name in the same folder, then renamed.</summary>
    /// <param name="path">The file, which is replaced if it exists; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written; no incomplete file is left.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Writes the model to a stream, in the form of a file.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ModelFile.Write(stream, this);
    }

    /// <summary>Reads a model from a file and checks it against its checksum.</summary>
    /// <param name="path">A file of <see cref="Save(string)"/>, or one of <c>ml.Model.Save</c> with one sequence model.</param>
    /// <param name="alone">
    /// For a file of <c>ml.Model.Save</c> whose chain has other transforms: true reads the model without them, and what it is given must then
    /// be what they would give; false, the default, refuses the file.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">
    /// It is not a model, damaged, or of a newer format; or it is a chain with other transforms. The message names the file and says which.
    /// </exception>
    public static SequenceModel Load(string path, bool alone = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException(Directory.Exists(path) ? $"'{path}' is a folder; expected "
                + "a model file." : $"There is no model file '{path}'.", path);
        using FileStream stream = File.OpenRead(path);
        return ModelFile.Read(stream, $"'{path}'", alone);
    }

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="stream">Holds the output of <see cref="Save(Stream)"/>, and nothing after it; it stays open.</param>
    /// <exception cref="FormatException">It is not a model, damaged, or of a newer format.</exception>
    public static SequenceModel Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ModelFile.Read(stream, "The stream");
    }

    /// <summary>An architecture's layers for a task.</summary>
    internal static Layer Backbone(Architecture architecture, SequenceTask task) => architecture.Build(task.ContextLength, task.Conditions);

    /// <summary>An architecture's layers on the source of a pair; null: it has none.</summary>
    internal static Layer? Encoder(Architecture architecture, SequenceTask task) => architecture.Encoder(task.SourceLength);

    /// <exception cref="ArgumentException">The layers do not fit the task's channels; lists all problems.</exception>
    internal static NetworkPlan BuildNetwork(Architecture architecture, SequenceTask task)
    {
        NetworkPlan network = task.BuildNetwork(Backbone(architecture, task), Encoder(architecture, task));
        string[] problems = [.. network.Problems()];
        return problems.Length == 0
            ? network
            : throw new ArgumentException($"The layers of {architecture.GetType().Name} do not fit the data's {task.InputSize} channels: "
                + $"{string.Join(" ", problems)}");
    }
}

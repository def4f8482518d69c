using System.Text.Json;
using MLNet.Sequence.Distilled;
using MLNet.Sequence.Generation;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// A distilled student (<see cref="ParallelWaveNet"/>): gives all samples of a sound at once, in plain C#. Immutable; any number of threads may use it.
/// </summary>
public sealed class ParallelWaveNetModel
{
    private const int FormatVersion = 1;

    private readonly StudentFlow[] _flows;
    private readonly NextStep _task;
    private readonly ChannelScaling _scaling;

    internal ParallelWaveNetModel(ParallelWaveNet student, NextStep task, ChannelScaling scaling, Weights weights, DistillationReport report)
    {
        (Student, _task, _scaling, Weights, Report) = (student, task, scaling, weights, report);
        NetworkPlan plan = student.Flow(task);
        weights.MustFit(Enumerable.Range(0, student.Flows).SelectMany(flow => plan.AllWeights().Select(spec => spec with { Name = Name(flow, spec.Name) })));
        _flows = [.. Enumerable.Range(0, student.Flows).Select(flow => new StudentFlow(student, plan, Of(plan, weights, flow), isFirst: flow == 0))];
    }

    /// <summary>The hyper-parameters with which it was distilled.</summary>
    public ParallelWaveNet Student { get; }

    /// <summary>The weights that distillation found, by flow and by their paths in its network.</summary>
    public Weights Weights { get; }

    /// <summary>How it was distilled.</summary>
    public DistillationReport Report { get; }

    /// <summary>Number of classes of a sample, as the teacher's.</summary>
    public int Classes => _task.Tokens!.Count;

    /// <summary>The number of values that training could change.</summary>
    public long ParameterCount => Weights.ValueCount;

    /// <summary>Generates a sound, all samples at once. The same seed gives the same samples, on any number of cores.</summary>
    /// <param name="samples">The number of samples; at least 1.</param>
    /// <param name="conditions">The values of the teacher's conditions, whose frames cover all samples; null: it has none.</param>
    /// <param name="seed">The seed of the noise. Default 1.</param>
    /// <returns>Classes, as <see cref="TokenGeneration.GenerateTokens"/> of the teacher gives them.</returns>
    /// <exception cref="ArgumentException">A condition is missing or unknown, or there are too few frames.</exception>
    /// <exception cref="InvalidOperationException">The teacher has conditions, and none are given.</exception>
    public int[] Generate(int samples, ConditionValues? conditions = null, long seed = 1) =>
        Array.ConvertAll(Run(samples, conditions, seed).X, x => LogisticClasses.Of(x, Classes));

    /// <summary>
    /// How much <see cref="Generate"/> varies, in nats per sample: the mean entropy of each sample's class, given the noise before it. It is at most
    /// the entropy of the sound, in which each class is drawn given the classes before it: they say less than the noise.
    /// </summary>
    /// <inheritdoc cref="Generate" path="/node()[not(self::summary or self::returns)]"/>
    /// <returns>Nats per sample, from 0 to log(<see cref="Classes"/>).</returns>
    public double Entropy(int samples, ConditionValues? conditions = null, long seed = 1)
    {
        (_, float[] mean, float[] scale) = Run(samples, conditions, seed);
        var entropies = new double[samples];
        Parallel.For(0, samples, t => entropies[t] = LogisticClasses.Entropy(mean[t], scale[t], Classes));
        // Added in order, for the same bits on any number of cores.
        return entropies.Average();
    }

    /// <summary>Writes the student to a file: first under a temporary name in the same folder, then renamed.</summary>
    /// <param name="path">The file, which is replaced if it exists; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written; no incomplete file is left.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Writes the student to a stream, in the form of a file: safetensors with its description.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var document = new StudentDocument(FormatVersion, Student, _task, _scaling, Report);
        Safetensors.Write(stream, Weights, JsonSerializer.Serialize(document, StudentJson.Default.StudentDocument));
    }

    /// <summary>Reads a student from a file and checks it against its checksum.</summary>
    /// <param name="path">A file of <see cref="Save(string)"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It is not a student, damaged, or of a newer format.</exception>
    public static ParallelWaveNetModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        return Read(File.ReadAllBytes(path), $"'{path}'");
    }

    /// <summary>Reads a student from a stream, to its end.</summary>
    /// <param name="stream">Holds the output of <see cref="Save(Stream)"/>; it stays open.</param>
    /// <exception cref="FormatException">It is not a student, damaged, or of a newer format.</exception>
    public static ParallelWaveNetModel Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Read(bytes.ToArray(), "The stream");
    }

    /// <summary>The name of a flow's weight among those of all flows.</summary>
    internal static string Name(int flow, string name) => $"flow{flow}.{name}";

    private static ParallelWaveNetModel Read(byte[] file, string name)
    {
        try
        {
            Weights weights = Safetensors.Read(file, out string? text);
            StudentDocument document = text is null ? throw new FormatException("it has no description of a student.")
                : JsonSerializer.Deserialize(text, StudentJson.Default.StudentDocument) ?? throw new FormatException("its description is empty.");
            if (document.Format is < 1 or > FormatVersion)
                throw new FormatException($"it has format version {document.Format}; this version of MLNet.Sequence reads versions up to {FormatVersion}. "
                    + "Update the package.");
            string[] problems =
            [
                .. document.Task.Tokens is null ? ["Its teacher has no tokens."] : Array.Empty<string>(), .. document.Student.Problems(),
                .. document.Task.Problems(), .. document.Scaling.Problems(document.Task.DataChannels, "scaling"),
            ];
            if (problems.Length > 0)
                throw new FormatException($"its description is not possible: {string.Join(" ", problems)}");
            weights.MustBeFinite();
            return new ParallelWaveNetModel(document.Student, document.Task, document.Scaling, weights, document.Report);
        }
        catch (Exception damage) when (damage is FormatException or JsonException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"{name} is not a student of {nameof(ParallelWaveNet)}, or it is damaged: {damage.Message} Expected a file of "
                + $"{nameof(ParallelWaveNetModel)}.{nameof(Save)}.", damage);
        }
    }

    // The levels, and the parameters of their distributions given the noise before them.
    private (float[] X, float[] Mean, float[] Scale) Run(int samples, ConditionValues? conditions, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        StepTrack? track = _task.Input.Conditions is null
            ? conditions is null ? null : throw new ArgumentException("The student has no conditions; found some.", nameof(conditions))
            : new StepTrack(_task.Input, _scaling, conditions, samples);
        var sound = new StudentSound(samples, track, seed);
        foreach (StudentFlow flow in _flows)
            flow.Apply(sound);
        return (sound.X, sound.Mean, sound.Scale);
    }

    private static Weights Of(NetworkPlan plan, Weights all, int flow)
    {
        var own = new Weights();
        foreach (WeightSpec spec in plan.AllWeights())
            own.Add(all[Name(flow, spec.Name)] with { Name = spec.Name });
        return own;
    }
}

namespace MLNet.Sequence.Tests.Model;

/// <summary>What became of a changed file.</summary>
/// <param name="Kind">The file's kind.</param>
/// <param name="Refused">Whether it was refused; otherwise it was used.</param>
/// <param name="Fault">What should not have been; null where all is well.</param>
/// <param name="Bytes">Bytes that were allocated to read it and to use it once.</param>
internal sealed record FuzzOutcome(string Kind, bool Refused, string? Fault, long Bytes);

/// <summary>
/// Reads changed files of models and sessions, and uses what can be read: each ends in a <see cref="FormatException"/> or in an output of
/// the size that the model says, which is the same, to the bit, when the model has been saved and loaded again. The number of a file and
/// the seed decide all of it.
/// </summary>
internal sealed class FuzzRun(long seed)
{
    /// <summary>The most that a file of some kilobytes may allocate.</summary>
    public const long MostBytes = 200_000_000;

    // What a forecast may be asked for: the data of a longer context is not there.
    private const long LongestInput = 1 << 18;

    private static readonly (SequenceModel Model, byte[] File, byte[]? Session)[] Files = [.. FuzzedModels.All.Select(Written)];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fuzzed-{Guid.NewGuid():N}");

    public FuzzOutcome Try(long number)
    {
        var random = new RandomStream(seed, number);
        (SequenceModel model, byte[] file, byte[]? session) = Files[random.NextInt64(Files.Length)];
        return session is not null && random.NextInt64(4) == 0
            ? Judge("session", FuzzedFile.Session(session, random), bytes => Restore(model, bytes))
            : Judge("model", FuzzedFile.Model(file, random), Load);
    }

    /// <summary>Uses a file: refused by a <see cref="FormatException"/> or used, and then checked.</summary>
    public static FuzzOutcome Judge(string kind, byte[] file, Func<byte[], Func<string?>> use)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool refused = false;
        string? fault = null;
        Func<string?>? check = null;
        try
        {
            check = use(file);
        }
        catch (FormatException exception)
        {
            refused = true;
            fault = exception.Message.Length is > 0 and < 4000 ? null : $"a message of {exception.Message.Length} characters";
        }
        catch (Exception exception)
        {
            fault = exception.ToString();
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > MostBytes)
            fault ??= $"{bytes} bytes were allocated";
        return new FuzzOutcome(kind, refused, fault ?? check?.Invoke(), bytes);
    }

    private static Func<string?> Load(byte[] file)
    {
        SequenceModel model = SequenceModel.Load(new MemoryStream(file));
        (float[]? output, int expected) = Ask(model);
        return () =>
        {
            if (output is not null && output.Length != expected)
                return $"{output.Length} values came; expected {expected}";
            using var saved = new MemoryStream();
            model.Save(saved);
            saved.Position = 0;
            SequenceModel again = SequenceModel.Load(saved);
            if (!again.Task.Equals(model.Task) || !again.Architecture.Equals(model.Architecture))
                return "task or architecture differ after another save and load";
            return output is null || output.AsSpan().SequenceEqual(Ask(again).Output) ? null : "the output differs after another save and load";
        };
    }

    private static (float[]? Output, int Expected) Ask(SequenceModel model)
    {
        long steps = model.Task is Forecasting forecasting ? forecasting.Context : 5;
        if (steps * model.Task.InputSize > LongestInput)
            return (null, 0);
        float[] input = FuzzedModels.Steps(model, (int)steps, new RandomStream(7));
        return model.Task switch
        {
            Forecasting task => (model.Forecast(input, "x"), task.Horizon * task.TargetChannels.Count),
            SequenceTagging task => (model.Predict(input), 5 * task.Tags),
            _ => (model.Predict(input), model.Managed.OutputSize),
        };
    }

    private Func<string?> Restore(SequenceModel model, byte[] file)
    {
        File.WriteAllBytes(_path, file);
        try
        {
            SequenceSession session = model.CreateSession();
            session.Restore(_path);
            var output = new float[session.OutputSize];
            foreach (string series in session.Series)
                session.Step(series, FuzzedModels.Steps(model, 1, new RandomStream(7)), output);
            return () => null;
        }
        finally
        {
            File.Delete(_path);
        }
    }

    private static (SequenceModel Model, byte[] File, byte[]? Session) Written(SequenceModel model)
    {
        using var file = new MemoryStream();
        model.Save(file);
        if (!model.Managed.CanStep && model.Task is not Forecasting)
            return (model, file.ToArray(), null);
        string path = Path.GetTempFileName();
        SequenceSession session = model.CreateSession();
        var output = new float[session.OutputSize];
        foreach (string series in new[] { "x", "y", "another" })
        {
            foreach (float[] step in FuzzedModels.Steps(model, 7, new RandomStream(series.Length)).Chunk(session.InputSize))
                session.Step(series, step, output);
        }

        session.Save(path);
        byte[] states = File.ReadAllBytes(path);
        File.Delete(path);
        return (model, file.ToArray(), states);
    }
}
